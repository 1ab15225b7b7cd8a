/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-hub"

#include "config.h"

#include "confabd-hub-thread-private.h"

/* What the core orders, carried out on the hub thread; and what becomes of reports that the core
 * has done with. */

static void
run_send (ConfabdHubThread      *thread,
          const ConfabdHubOrder *order)
{
  ConfabdHubPeer *peer = confabd_hub_thread_find (thread, order->peer);
  ConfabdFrame *frame;

  if (!peer)
    return;

  frame = confabd_frame_new (order->native, order->frame_class);
  confabd_hub_peer_push (thread, peer, frame, FALSE);
  confabd_frame_unref (frame);
}

static ConfabdHubPeer *
get_peer (ConfabdMemberships *memberships)
{
  return (ConfabdHubPeer *) ((guint8 *) memberships - G_STRUCT_OFFSET (ConfabdHubPeer,
                                                                       memberships));
}

static void
run_fan_out (ConfabdHubThread      *thread,
             const ConfabdHubOrder *order)
{
  ConfabdFrame *native = order->native ? confabd_frame_new (order->native,
                                                            order->frame_class) : NULL;
  ConfabdFrame *skapi = order->skapi ? confabd_frame_new (order->skapi, order->frame_class) : NULL;
  ConfabdFrame *packet = order->packet ? confabd_frame_new (order->packet,
                                                            order->frame_class) : NULL;
  const ConfabdRollEntry *entries;
  guint n;

  entries = confabd_rolls_list (thread->rolls, order->audience, &n);

  /* From the end: a push may close its peer, which puts the last entry, already served, in its
   * place. */
  while (n-- > 0)
    {
      ConfabdHubPeer *peer = get_peer (entries[n].who);
      ConfabdFrame *frame = peer->native ? native : peer->socket_io ? packet : skapi;

      if (frame && peer->id != order->peer)
        confabd_hub_peer_push (thread, peer, frame, TRUE);
    }

  g_clear_pointer (&native, confabd_frame_unref);
  g_clear_pointer (&skapi, confabd_frame_unref);
  g_clear_pointer (&packet, confabd_frame_unref);
}

static void
run_membership (ConfabdHubThread      *thread,
                const ConfabdHubOrder *order)
{
  ConfabdHubPeer *peer = confabd_hub_thread_find (thread, order->peer);

  if (!peer || peer->state != CONFABD_HUB_PEER_OPEN)
    return;

  if (order->type == CONFABD_HUB_ORDER_ATTACH)
    (void) confabd_rolls_attach (thread->rolls, order->audience, &peer->memberships);
  else
    (void) confabd_rolls_detach (thread->rolls, order->audience, &peer->memberships);
}

static void
give_credit (ConfabdHubThread *thread,
             ConfabdPeer       id)
{
  ConfabdHubPeer *peer = confabd_hub_thread_find (thread, id);

  if (!peer || peer->n_in_core == 0)
    return;

  peer->n_in_core--;
  if (peer->flooding && peer->n_in_core == 0)
    confabd_hub_peer_close_flooding (thread, peer);

  confabd_hub_peer_may_read (thread, peer);
}

static void
run_credit (ConfabdHubThread      *thread,
            const ConfabdHubOrder *order)
{
  GArray *reports = order->reports->reports;

  thread->n_bytes_in_core -= order->reports->n_bytes;

  for (guint i = 0; i < reports->len; i++)
    {
      const ConfabdHubReport *report = &g_array_index (reports, ConfabdHubReport, i);

      if (report->type == CONFABD_HUB_REPORT_REQUEST ||
          report->type == CONFABD_HUB_REPORT_PACKET ||
          report->type == CONFABD_HUB_REPORT_TEXT ||
          report->type == CONFABD_HUB_REPORT_BYTES ||
          report->type == CONFABD_HUB_REPORT_BAD_REQUEST)
        give_credit (thread, report->peer);
    }
}

static void
run_order (ConfabdHubThread      *thread,
           const ConfabdHubOrder *order)
{
  ConfabdHubPeer *peer;

  switch (order->type)
    {
    case CONFABD_HUB_ORDER_SEND:
      run_send (thread, order);
      break;

    case CONFABD_HUB_ORDER_ATTACH:
    case CONFABD_HUB_ORDER_DETACH:
      run_membership (thread, order);
      break;

    case CONFABD_HUB_ORDER_FAN_OUT:
      run_fan_out (thread, order);
      break;

    case CONFABD_HUB_ORDER_CLOSE:
      peer = confabd_hub_thread_find (thread, order->peer);
      if (peer)
        confabd_hub_peer_close (thread, peer, order->code, order->reason);
      break;

    case CONFABD_HUB_ORDER_CREDIT:
      run_credit (thread, order);
      break;
    }
}

/**
 * confabd_hub_orders_run:
 * @data: (transfer full): the orders of one turn of the core
 */
void
confabd_hub_orders_run (gpointer data)
{
  ConfabdHubOrders *orders = data;

  for (guint i = 0; i < orders->orders->len; i++)
    run_order (orders->thread, &g_array_index (orders->orders, ConfabdHubOrder, i));

  confabd_hub_orders_free (orders);
}

static void
clear_order (ConfabdHubOrder *order)
{
  switch (order->type)
    {
    case CONFABD_HUB_ORDER_SEND:
    case CONFABD_HUB_ORDER_FAN_OUT:
      g_clear_pointer (&order->native, g_bytes_unref);
      g_clear_pointer (&order->skapi, g_bytes_unref);
      g_clear_pointer (&order->packet, g_bytes_unref);
      break;

    case CONFABD_HUB_ORDER_CLOSE:
      g_clear_pointer (&order->reason, g_free);
      break;

    case CONFABD_HUB_ORDER_CREDIT:
      g_clear_pointer (&order->reports, confabd_hub_reports_free);
      break;

    case CONFABD_HUB_ORDER_ATTACH:
    case CONFABD_HUB_ORDER_DETACH:
      break;
    }
}

void
confabd_hub_orders_free (ConfabdHubOrders *orders)
{
  for (guint i = 0; i < orders->orders->len; i++)
    clear_order (&g_array_index (orders->orders, ConfabdHubOrder, i));

  g_array_unref (orders->orders);
  g_free (orders);
}

/**
 * confabd_hub_reports_free:
 * @reports: (transfer full): reports, run or not
 */
void
confabd_hub_reports_free (ConfabdHubReports *reports)
{
  for (guint i = 0; i < reports->reports->len; i++)
    {
      ConfabdHubReport *report = &g_array_index (reports->reports, ConfabdHubReport, i);

      switch (report->type)
        {
        case CONFABD_HUB_REPORT_OPENED:
          g_clear_pointer (&report->identity, g_free);
          break;

        case CONFABD_HUB_REPORT_REQUEST:
          g_clear_pointer (&report->request, wire_request_free);
          break;

        case CONFABD_HUB_REPORT_PACKET:
          g_clear_pointer (&report->packet, wire_sio_packet_free);
          break;

        case CONFABD_HUB_REPORT_TEXT:
        case CONFABD_HUB_REPORT_BYTES:
          g_clear_pointer (&report->bytes, g_bytes_unref);
          break;

        case CONFABD_HUB_REPORT_BAD_REQUEST:
          g_clear_pointer (&report->ref, g_free);
          g_clear_error (&report->error);
          break;

        case CONFABD_HUB_REPORT_CLOSED:
          break;
        }
    }

  g_array_unref (reports->reports);
  g_free (reports);
}

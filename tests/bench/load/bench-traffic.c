/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The jobs that pass messages: echo, fan-out, stored posts. */

#include "config.h"

#include "bench-worker-private.h"

#include "base-uuid.h"
#include "wire-ws-frame.h"

#include <string.h>
#include <sys/eventfd.h>

#define NS_PER_S    G_GINT64_CONSTANT (1000000000)
#define STALLED_NS  (5 * NS_PER_S)
#define MAX_SENDERS 100
#define MAX_POSTS   1000000
#define TEXT_BYTES  150

static const char filler[] =
  "The quick brown fox jumps over the lazy dog, and the dog does not mind at all, because it is "
  "a warm day. ";

/* Fills @text with what somebody might type, up to @bytes in all. */
static int
pad (char  *text,
     gsize  size,
     guint  length,
     guint  bytes)
{
  bytes = MIN (bytes, size - 1);
  for (; length < bytes; length++)
    text[length] = filler[length % strlen (filler)];
  text[length] = '\0';

  return length;
}

/* The ceiling copies what confabd delivered: as many bytes, without the meaning. */
static int
write_plain (BenchLoop *self,
             char      *request,
             gsize      size,
             guint      number)
{
  gboolean post = self->job->kind == BENCH_JOB_POST;
  int length = g_snprintf (request, size, "%s%u\" ", post ? "ref\":\"" : "n=", number);

  return pad (request, size, length, self->job->payload_bytes);
}

static int
write_request (BenchLoop *self,
               BenchPeer *peer,
               char      *request,
               gsize      size,
               guint      number)
{
  char text[TEXT_BYTES + 1], id[BASE_UUID_STRING_LENGTH + 1];
  BaseUuid uuid;

  if (!self->options.tokens)
    return write_plain (self, request, size, number);

  pad (text, sizeof text, g_snprintf (text, sizeof text, "n=%u ", number), TEXT_BYTES);
  if (self->job->kind == BENCH_JOB_ECHO)
    return g_snprintf (request, size, "{\"action\":\"rtc\",\"uid\":\"cid:%s\",\"content\":\"%s\"}",
                       peer->cid, text);

  base_uuid_make_v7 (&uuid, g_get_real_time () / 1000);
  base_uuid_format (&uuid, id);
  if (self->job->kind == BENCH_JOB_FAN_OUT)
    return g_snprintf (request, size, "{\"action\":\"post\",\"rid\":\"bench\",\"id\":\"%s\","
                       "\"content\":{\"text\":\"%s\"}}", id, text);

  return g_snprintf (request, size, "{\"action\":\"post\",\"rid\":\"solo %u\",\"id\":\"%s\","
                     "\"content\":{\"text\":\"%s\"},\"ref\":\"%u\"}",
                     peer->index, id, text, number);
}

static gboolean
send_message (BenchLoop *self,
              BenchPeer *peer,
              guint8     opcode,
              guint      number)
{
  char request[2048];
  int length = write_request (self, peer, request, sizeof request, number);

  if (bench_peer_send (peer, opcode, request, length))
    return TRUE;

  return bench_loop_fail (self, "A connection was lost while sending");
}

/* Open loop: latency counts from when a message was due, whether or not it could be sent. */

static void
take_answer (BenchLoop *self,
             gint64     number)
{
  if (number < 0 || number >= self->n_sent || self->sent_ns[number] == 0)
    return;
  bench_histogram_add (&self->result->latency, bench_now_ns () - self->sent_ns[number]);
  self->sent_ns[number] = 0;
  self->n_received++;
}

static void
take_echo (BenchPeer    *peer,
           const guint8 *payload,
           gsize         length,
           gpointer      user_data)
{
  take_answer (user_data, bench_find_number (payload, length, "n="));
}

static void
take_acknowledgement (BenchPeer    *peer,
                      const guint8 *payload,
                      gsize         length,
                      gpointer      user_data)
{
  BenchLoop *self = user_data;
  gint64 number = bench_find_number (payload, length, "ref\":\"");
  static const char bad[] = "\"#error\"";

  if (memmem (payload, length, bad, strlen (bad)))
    bench_loop_fail (self, "post: %.*s", (int) MIN (length, 150), (const char *) payload);
  else
    take_answer (self, number);
}

static gboolean
run_open_loop (BenchLoop *self,
               guint      n_senders)
{
  guint rate = MAX (self->job->rate / self->options.n_workers, 1);
  guint n_messages = rate * (guint64) self->job->duration_ms / 1000;
  gint64 deadline_ns;

  self->sent_ns = g_new0 (gint64, n_messages + 1);
  self->start_ns = bench_now_ns ();
  deadline_ns = self->start_ns + self->job->duration_ms * (NS_PER_S / 1000) + STALLED_NS;
  while (self->n_received < n_messages && !self->result->error[0])
    {
      gint64 due_ns = self->start_ns + self->n_sent * NS_PER_S / rate;

      if (self->n_sent < n_messages && bench_now_ns () >= due_ns)
        {
          self->sent_ns[self->n_sent] = due_ns;
          self->n_sent++;
          if (!send_message (self,
                             g_ptr_array_index (self->peers, (self->n_sent - 1) % n_senders),
                             WIRE_WS_TEXT, self->n_sent - 1))
            return FALSE;
          /* Late: send what is due first. */
          if (bench_now_ns () - due_ns > NS_PER_S / rate)
            continue;
          due_ns = self->start_ns + self->n_sent * NS_PER_S / rate;
        }
      bench_loop_turn (self, self->n_sent < n_messages ? due_ns : deadline_ns);
      if (bench_now_ns () > deadline_ns)
        return bench_loop_fail (self, "%" G_GUINT64_FORMAT " of %u answers never came",
                                n_messages - self->n_received, n_messages);
    }
  self->result->n_done = self->n_received;
  self->result->elapsed_ns = bench_now_ns () - self->start_ns;

  return !self->result->error[0];
}

gboolean
bench_echo_run (BenchLoop *self)
{
  if (self->peers->len == 0)
    return bench_loop_fail (self, "No connections");
  self->func = take_echo;

  return run_open_loop (self, self->peers->len);
}

/* Stored posts, closed loop: each sender waits for its acknowledgement. */

static void
post_next (BenchLoop *self,
           BenchPeer *peer)
{
  peer->next_post = self->n_sent;
  self->sent_ns[self->n_sent] = bench_now_ns ();
  self->n_sent++;
  send_message (self, peer, WIRE_WS_TEXT, peer->next_post);
}

static void
take_acknowledgement_and_post (BenchPeer    *peer,
                               const guint8 *payload,
                               gsize         length,
                               gpointer      user_data)
{
  BenchLoop *self = user_data;
  guint64 before = self->n_received;

  take_acknowledgement (peer, payload, length, user_data);
  if (self->n_received > before && self->n_sent < MAX_POSTS &&
      bench_now_ns () < self->start_ns + self->job->duration_ms * (NS_PER_S / 1000))
    post_next (self, peer);
}

gboolean
bench_post_run (BenchLoop *self)
{
  guint n_senders = MIN (self->job->n_peers, self->peers->len);
  gint64 deadline_ns;

  if (n_senders == 0)
    return bench_loop_fail (self, "No connections");
  self->func = take_acknowledgement;
  if (self->job->rate > 0)
    return run_open_loop (self, n_senders);

  self->func = take_acknowledgement_and_post;
  self->sent_ns = g_new0 (gint64, MAX_POSTS);
  self->start_ns = bench_now_ns ();
  deadline_ns = self->start_ns + self->job->duration_ms * (NS_PER_S / 1000) + STALLED_NS;
  for (guint i = 0; i < n_senders; i++)
    post_next (self, g_ptr_array_index (self->peers, i));
  while (self->n_received < self->n_sent && !self->result->error[0])
    {
      bench_loop_turn (self, deadline_ns);
      if (bench_now_ns () > deadline_ns)
        return bench_loop_fail (self, "%" G_GUINT64_FORMAT " posts were never acknowledged",
                                self->n_sent - self->n_received);
    }
  self->result->n_done = self->n_received;
  self->result->elapsed_ns = bench_now_ns () - self->start_ns;

  return !self->result->error[0];
}

/* Fan-out: the first worker sends, all count what arrives. */

static void
count_delivery (BenchPeer    *peer,
                const guint8 *payload,
                gsize         length,
                gpointer      user_data)
{
  BenchLoop *self = user_data;

  if (bench_find_number (payload, length, "n=") < 0)
    return;
  self->n_received++;
  self->result->frame_bytes = length;
}

/* Tells the others how far this worker is; the sender wants to know of each whole message. */
static void
publish_progress (BenchLoop *self,
                  guint64    before)
{
  BenchShare *share = &self->options.shared->workers[self->options.index];
  guint n_peers = MAX (self->peers->len, 1);

  if (self->n_received == before)
    return;
  atomic_store (&share->n_delivered, self->n_received);
  if (self->options.index > 0 && before / n_peers != self->n_received / n_peers)
    eventfd_write (self->options.shared->wake_fd, 1);
}

static guint64
count_complete (BenchLoop *self)
{
  guint64 complete = G_MAXUINT64;

  for (guint i = 0; i < self->options.n_workers; i++)
    {
      BenchShare *share = &self->options.shared->workers[i];
      guint n_peers = atomic_load (&share->n_peers);

      if (n_peers > 0)
        complete = MIN (complete, atomic_load (&share->n_delivered) / n_peers);
    }

  return complete;
}

static gboolean
send_within_window (BenchLoop *self)
{
  gint64 end_ns = self->start_ns + self->job->duration_ms * (NS_PER_S / 1000);
  guint n_senders = MIN (self->peers->len, MAX_SENDERS);
  gint64 progress_ns = self->start_ns;
  guint64 complete = 0;

  while (bench_now_ns () < end_ns || complete < self->n_sent)
    {
      guint64 before = self->n_received;
      guint64 was_complete = complete;

      while (bench_now_ns () < end_ns && self->n_sent < complete + self->job->window)
        {
          if (!send_message (self, g_ptr_array_index (self->peers, self->n_sent % n_senders),
                             self->options.tokens ? WIRE_WS_TEXT : WIRE_WS_BINARY, self->n_sent))
            return FALSE;
          self->n_sent++;
        }
      bench_loop_turn (self, bench_now_ns () + NS_PER_S);
      publish_progress (self, before);
      complete = count_complete (self);
      if (complete > was_complete)
        progress_ns = bench_now_ns ();
      else if (bench_now_ns () - progress_ns > STALLED_NS)
        return bench_loop_fail (self, "Only %" G_GUINT64_FORMAT " of %u messages reached everybody",
                                complete, self->n_sent);
    }

  return TRUE;
}

gboolean
bench_fan_out_run (BenchLoop *self)
{
  BenchShared *shared = self->options.shared;
  gboolean ok = TRUE;

  self->func = count_delivery;
  self->start_ns = bench_now_ns ();
  if (self->options.index == 0)
    {
      ok = send_within_window (self);
      atomic_store (&shared->fan_out_over, 1);
    }
  else
    {
      while (!atomic_load (&shared->fan_out_over))
        {
          guint64 before = self->n_received;

          bench_loop_turn (self, bench_now_ns () + NS_PER_S / 50);
          publish_progress (self, before);
        }
    }
  self->result->n_done = self->n_received;
  self->result->elapsed_ns = bench_now_ns () - self->start_ns;
  if (self->n_lost > 0)
    return bench_loop_fail (self, "%u connections were lost", self->n_lost);

  return ok;
}

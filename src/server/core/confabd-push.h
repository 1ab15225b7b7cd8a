/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confabd-store.h"

#include <glib-object.h>

G_BEGIN_DECLS

/* What a push service carries for us: 4096 bytes (RFC 8030 §7.2) less what encryption adds to them
 * (RFC 8291 §4). */
#define CONFABD_PUSH_PAYLOAD_BYTES 3993
#define CONFABD_PUSH_TTL_S         (24 * 60 * 60)

/* How much a message matters to a device that saves power (RFC 8030 §5.3). */
typedef enum {
  CONFABD_URGENCY_VERY_LOW,
  CONFABD_URGENCY_LOW,
  CONFABD_URGENCY_NORMAL,
  CONFABD_URGENCY_HIGH,
} ConfabdUrgency;

/* What is said, and to whom. After confabd_push_submit() it belongs to the push room. */
typedef struct
{
  GArray         *user_ids;  /* of BaseUuid; NULL: everybody who has a subscription */
  GBytes         *payload;   /* JSON: title and body */
  guint           ttl_s;     /* how long it may wait for a device */
  ConfabdUrgency  urgency;
  char           *topic;     /* NULL, or what a later one of the same topic replaces: at most 32
                              * characters of base64url (RFC 8030 §5.4) */
} ConfabdNotification;

#define CONFABD_TYPE_PUSH (confabd_push_get_type ())

G_DECLARE_INTERFACE (ConfabdPush, confabd_push, CONFABD, PUSH, GObject)

/* Wakes browsers that have no connection to us. A notification is best effort: it lives in memory,
 * and is given up when it cannot be delivered in its time. */
struct _ConfabdPushInterface
{
  GTypeInterface parent_iface;

  /* Any thread; never blocks. */
  void         (*submit)         (ConfabdPush               *self,
                                  ConfabdNotification       *notification);
  /* Any thread. */
  const char * (*get_public_key) (ConfabdPush               *self);
  gboolean     (*check)          (ConfabdPush               *self,
                                  const ConfabdSubscription *subscription,
                                  GError                   **error);
};

void                 confabd_push_submit         (ConfabdPush               *self,
                                                  ConfabdNotification       *notification);
const char          *confabd_push_get_public_key (ConfabdPush               *self);
gboolean             confabd_push_check          (ConfabdPush               *self,
                                                  const ConfabdSubscription *subscription,
                                                  GError                   **error);

ConfabdNotification *confabd_notification_new    (const GArray              *user_ids,
                                                  const char                *title,
                                                  const char                *body,
                                                  GError                   **error);
void                 confabd_notification_free   (ConfabdNotification       *self);

ConfabdSubscription *confabd_subscription_parse  (const BaseUuid            *user_id,
                                                  const char                *endpoint,
                                                  const char                *p256dh,
                                                  const char                *auth,
                                                  GError                   **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdNotification, confabd_notification_free)

G_END_DECLS

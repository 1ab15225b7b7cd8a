/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SupportPushService:
 *
 * A push service on loopback, in the test's own main loop. What it answers is said before, path by
 * path; a path of which nothing was said answers 201. What it is sent it keeps.
 */
typedef struct _SupportPushService SupportPushService;

typedef struct
{
  char       *path;
  char       *authorization;
  char       *ttl;
  char       *urgency;
  char       *topic;
  char       *encoding;
  GBytes     *body;
  gint64      at_us;          /* monotonic */
} SupportPushDelivery;

/* Instead of a status: never answers, or answers 201 and never stops talking. */
#define SUPPORT_PUSH_SILENT  0
#define SUPPORT_PUSH_ENDLESS 1

SupportPushService  *support_push_service_new           (GTlsCertificate    *certificate);
void                 support_push_service_free          (SupportPushService *self);
char                *support_push_service_dup_endpoint  (SupportPushService *self,
                                                         const char         *path);
void                 support_push_service_answer        (SupportPushService *self,
                                                         const char         *path,
                                                         guint               status,
                                                         const char         *header,
                                                         const char         *value);
void                 support_push_service_hold          (SupportPushService *self,
                                                         gboolean            hold);
guint                support_push_service_get_n         (SupportPushService *self);
guint                support_push_service_get_n_held    (SupportPushService *self);
const SupportPushDelivery *support_push_service_get     (SupportPushService *self,
                                                         guint               index);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SupportPushService, support_push_service_free)

G_END_DECLS

/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SupportPushBrowser:
 *
 * A browser's end of a push subscription: its keys, and how it reads a message (RFC 8291). Written
 * for itself, on HMAC alone, so that it does not share its mistakes with what it tests.
 */
typedef struct _SupportPushBrowser SupportPushBrowser;

SupportPushBrowser *support_push_browser_new            (void);
SupportPushBrowser *support_push_browser_new_with       (const guint8        private_key[32],
                                                         const guint8        auth_secret[16]);
void                support_push_browser_free           (SupportPushBrowser *self);
const guint8       *support_push_browser_get_public_key (SupportPushBrowser *self);
const guint8       *support_push_browser_get_secret     (SupportPushBrowser *self);
char               *support_push_browser_open           (SupportPushBrowser *self,
                                                         gconstpointer       body,
                                                         gsize               length);

/* base64url without padding, to bytes; fails the test for anything else. */
GBytes             *support_base64url_decode            (const char         *text);
/* Whether a JWT was signed with ES256 by this uncompressed point. */
gboolean            support_es256_verify                (const char         *token,
                                                         const char         *public_key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SupportPushBrowser, support_push_browser_free)

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* As much of STUN (RFC 8489) and TURN (RFC 8656) as it takes to ask a server whether it is
 * there and has a relay for us. No I/O. */

#define CONFAB_STUN_ID_BYTES 12u
#define CONFAB_STUN_HEADER_BYTES 20u

typedef enum {
  CONFAB_STUN_BINDING = 0x001,
  CONFAB_STUN_ALLOCATE = 0x003,
} ConfabStunMethod;

typedef struct {
  gboolean  ok;         /* a success response */
  guint     error;      /* else its code, such as 401 */
  char     *realm;      /* NULL when not told */
  char     *nonce;
  gboolean  has_mapped; /* told our address */
  gboolean  has_relay;  /* gave us a relay's */
} ConfabStunReply;

/* What a server wants to see from the second request on. */
typedef struct {
  const char *user;
  const char *password;
  const char *realm;
  const char *nonce;
} ConfabStunCredentials;

GByteArray *confab_stun_make_request (ConfabStunMethod             method,
                                      const guint8                *id,
                                      const ConfabStunCredentials *credentials);
gsize       confab_stun_find_length  (const guint8                *bytes,
                                      gsize                        n_bytes);
gboolean    confab_stun_parse_reply  (const guint8                *bytes,
                                      gsize                        n_bytes,
                                      const guint8                *id,
                                      ConfabStunReply             *reply);
void        confab_stun_reply_clear  (ConfabStunReply             *reply);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ConfabStunReply, confab_stun_reply_clear)

G_END_DECLS

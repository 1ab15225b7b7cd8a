/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-tls"

#include "config.h"

#include "confabd-tls.h"

#include <gio/gio.h>
#include <openssl/err.h>
#include <string.h>

/**
 * ConfabdTls:
 *
 * Makes the server's end of TLS connections: 1.2 or newer, one certificate chain,
 * HTTP/1.1.
 *
 * Reloading makes a new context and keeps the old one if anything is wrong with the new
 * files; connections that exist keep what they began with.
 */
struct _ConfabdTls
{
  char    *certificate_path;
  char    *key_path;
  SSL_CTX *context;
};

static gboolean
fail (GError     **error,
      const char  *what,
      const char  *path)
{
  /* The last says where it went wrong; when that was in the system, the first says why. */
  unsigned long first = ERR_peek_error ();
  unsigned long code = ERR_SYSTEM_ERROR (first) ? first : ERR_peek_last_error ();
  const char *reason = ERR_SYSTEM_ERROR (code) ? g_strerror (ERR_GET_REASON (code))
                                               : ERR_reason_error_string (code);

  g_set_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, "%s %s: %s", what, path,
               reason ? reason : "unknown error");
  ERR_clear_error ();

  return FALSE;
}

/* RFC 7301: HTTP/1.1 is all that is spoken here; a client that offers something else only is let
 * in as if it had offered nothing. */
static int
select_protocol_cb (SSL                  *ssl,
                    const unsigned char **out,
                    unsigned char        *out_length,
                    const unsigned char  *in,
                    unsigned int          in_length,
                    void                 *user_data)
{
  static const unsigned char ours[] = "\x08http/1.1";

  if (SSL_select_next_proto ((unsigned char **) out, out_length, ours, sizeof ours - 1, in,
                             in_length) ==
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_OK;

  return SSL_TLSEXT_ERR_NOACK;
}

static void
set_up (SSL_CTX *context)
{
  (void) SSL_CTX_set_min_proto_version (context, TLS1_2_VERSION);
  SSL_CTX_set_options (context,
                       SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_ENABLE_KTLS |
                                SSL_OP_CIPHER_SERVER_PREFERENCE);

  /* Idle connections give their buffers back; the hub writes from one that moves. */
  (void) SSL_CTX_set_mode (context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                    SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);

  /* Tickets do for resumption; a cache here would only grow. */
  (void) SSL_CTX_set_session_cache_mode (context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_alpn_select_cb (context, select_protocol_cb, NULL);
}

static gboolean
load (SSL_CTX     *context,
      const char  *certificate_path,
      const char  *key_path,
      GError     **error)
{
  ERR_clear_error ();

  if (SSL_CTX_use_certificate_chain_file (context, certificate_path) != 1)
    return fail (error, "Cannot use the certificate", certificate_path);

  if (SSL_CTX_use_PrivateKey_file (context, key_path, SSL_FILETYPE_PEM) != 1)
    return fail (error, "Cannot use the key", key_path);

  if (SSL_CTX_check_private_key (context) != 1)
    return fail (error, "The key does not belong to the certificate", certificate_path);

  return TRUE;
}

/**
 * confabd_tls_reload:
 * @self: TLS
 * @error: return location for an error
 *
 * Reads certificate and key again, for the connections that come from now on.
 *
 * Returns: %FALSE if they cannot be used; then the old ones stay
 */
gboolean
confabd_tls_reload (ConfabdTls  *self,
                    GError     **error)
{
  SSL_CTX *context = SSL_CTX_new (TLS_server_method ());

  if (!context)
    return fail (error, "Cannot set up TLS with", self->certificate_path);

  set_up (context);
  if (!load (context, self->certificate_path, self->key_path, error))
    {
      SSL_CTX_free (context);
      return FALSE;
    }

  SSL_CTX_free (self->context);
  self->context = context;

  return TRUE;
}

/**
 * confabd_tls_new:
 * @certificate_path: a PEM file with the certificate and the chain behind it
 * @key_path: a PEM file with its key
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): TLS
 */
ConfabdTls *
confabd_tls_new (const char  *certificate_path,
                 const char  *key_path,
                 GError     **error)
{
  g_autoptr(ConfabdTls) self = g_new0 (ConfabdTls, 1);

  self->certificate_path = g_strdup (certificate_path);
  self->key_path = g_strdup (key_path);

  return confabd_tls_reload (self, error) ? g_steal_pointer (&self) : NULL;
}

void
confabd_tls_free (ConfabdTls *self)
{
  SSL_CTX_free (self->context);
  g_free (self->certificate_path);
  g_free (self->key_path);
  g_free (self);
}

/**
 * confabd_tls_new_server:
 * @self: TLS
 * @fd: a connected socket; stays the caller's
 *
 * Returns: (transfer full) (nullable): the server's end, about to shake hands
 */
SSL *
confabd_tls_new_server (ConfabdTls *self,
                        int         fd)
{
  SSL *ssl = SSL_new (self->context);

  if (!ssl || SSL_set_fd (ssl, fd) != 1)
    {
      SSL_free (ssl);
      return NULL;
    }

  SSL_set_accept_state (ssl);

  return ssl;
}

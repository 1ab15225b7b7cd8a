/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-error"

#include "config.h"

#include "confab-error-private.h"

#include "base-db.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <libsoup/soup.h>
#include <string.h>

G_DEFINE_QUARK (confab-error-quark, confab_error)

G_DEFINE_ENUM_TYPE (ConfabError, confab_error,
                    G_DEFINE_ENUM_VALUE (CONFAB_ERROR_NETWORK_UNREACHABLE, "network-unreachable"),
                    G_DEFINE_ENUM_VALUE (CONFAB_ERROR_CONNECTION_REFUSED, "connection-refused"),
                    G_DEFINE_ENUM_VALUE (CONFAB_ERROR_HOST_NOT_FOUND, "host-not-found"),
                    G_DEFINE_ENUM_VALUE (CONFAB_ERROR_TLS_CERTIFICATE, "tls-certificate"),
                    G_DEFINE_ENUM_VALUE (CONFAB_ERROR_NOT_A_CONFAB_SERVER, "not-a-confab-server"),
                    G_DEFINE_ENUM_VALUE (CONFAB_ERROR_TIMED_OUT, "timed-out"),
                    G_DEFINE_ENUM_VALUE (CONFAB_ERROR_INVALID_CREDENTIALS, "invalid-credentials"),
                    G_DEFINE_ENUM_VALUE (CONFAB_ERROR_NAME_TAKEN, "name-taken"),
                    G_DEFINE_ENUM_VALUE (CONFAB_ERROR_REGISTRATION_CLOSED, "registration-closed"),
                    G_DEFINE_ENUM_VALUE (CONFAB_ERROR_INVALID_REQUEST, "invalid-request"),
                    G_DEFINE_ENUM_VALUE (CONFAB_ERROR_INVALID_PARAMETER, "invalid-parameter"),
                    G_DEFINE_ENUM_VALUE (CONFAB_ERROR_INVALID_TOKEN, "invalid-token"),
                    G_DEFINE_ENUM_VALUE (CONFAB_ERROR_NOT_EXISTS, "not-exists"),
                    G_DEFINE_ENUM_VALUE (CONFAB_ERROR_NOT_ALLOWED, "not-allowed"),
                    G_DEFINE_ENUM_VALUE (CONFAB_ERROR_TOO_LARGE, "too-large"),
                    G_DEFINE_ENUM_VALUE (CONFAB_ERROR_TOO_MANY_REQUESTS, "too-many-requests"),
                    G_DEFINE_ENUM_VALUE (CONFAB_ERROR_STORAGE_FULL, "storage-full"),
                    G_DEFINE_ENUM_VALUE (CONFAB_ERROR_UNAVAILABLE, "unavailable"),
                    G_DEFINE_ENUM_VALUE (CONFAB_ERROR_STORE, "store"),
                    G_DEFINE_ENUM_VALUE (CONFAB_ERROR_CLOSED, "closed"),
                    G_DEFINE_ENUM_VALUE (CONFAB_ERROR_FAILED, "failed"))

static const struct
{
  const char  *name;
  ConfabError  code;
} wire_names[] = {
  { "INVALID_REQUEST", CONFAB_ERROR_INVALID_REQUEST },
  { "INVALID_PARAMETER", CONFAB_ERROR_INVALID_PARAMETER },
  { "INVALID_TOKEN", CONFAB_ERROR_INVALID_TOKEN },
  { "INVALID_CREDENTIALS", CONFAB_ERROR_INVALID_CREDENTIALS },
  { "NOT_EXISTS", CONFAB_ERROR_NOT_EXISTS },
  { "EXISTS", CONFAB_ERROR_NAME_TAKEN },
  { "TOO_LARGE", CONFAB_ERROR_TOO_LARGE },
  { "TOO_MANY_REQUESTS", CONFAB_ERROR_TOO_MANY_REQUESTS },
  { "NOT_ALLOWED", CONFAB_ERROR_NOT_ALLOWED },
  { "STORAGE_FULL", CONFAB_ERROR_STORAGE_FULL },
  { "UNAVAILABLE", CONFAB_ERROR_UNAVAILABLE },
};

ConfabError
confab_error_from_name (const char *name)
{
  for (guint i = 0; name && i < G_N_ELEMENTS (wire_names); i++)
    if (strcmp (wire_names[i].name, name) == 0)
      return wire_names[i].code;

  return CONFAB_ERROR_FAILED;
}

static ConfabError
code_of_io_error (int code)
{
  switch (code)
    {
    case G_IO_ERROR_CONNECTION_REFUSED:
      return CONFAB_ERROR_CONNECTION_REFUSED;
    case G_IO_ERROR_HOST_NOT_FOUND:
      return CONFAB_ERROR_HOST_NOT_FOUND;
    case G_IO_ERROR_HOST_UNREACHABLE:
    case G_IO_ERROR_NETWORK_UNREACHABLE:
      return CONFAB_ERROR_NETWORK_UNREACHABLE;
    case G_IO_ERROR_TIMED_OUT:
      return CONFAB_ERROR_TIMED_OUT;
    case G_IO_ERROR_CONNECTION_CLOSED: /* and BROKEN_PIPE, its other name */
    case G_IO_ERROR_CLOSED:
    case G_IO_ERROR_PARTIAL_INPUT:
      return CONFAB_ERROR_CLOSED;
    case G_IO_ERROR_INVALID_ARGUMENT:
      return CONFAB_ERROR_INVALID_PARAMETER;
    default:
      return CONFAB_ERROR_FAILED;
    }
}

static ConfabError
code_of_error (const GError *error)
{
  if (error->domain == G_IO_ERROR)
    return code_of_io_error (error->code);

  /* Without a network the resolver cannot even ask. */
  if (error->domain == G_RESOLVER_ERROR)
    return error->code == G_RESOLVER_ERROR_NOT_FOUND ? CONFAB_ERROR_HOST_NOT_FOUND
                                                     : CONFAB_ERROR_NETWORK_UNREACHABLE;

  if (error->domain == G_TLS_ERROR)
    return error->code == G_TLS_ERROR_BAD_CERTIFICATE ? CONFAB_ERROR_TLS_CERTIFICATE
                                                      : CONFAB_ERROR_NOT_A_CONFAB_SERVER;

  if (error->domain == SOUP_SESSION_ERROR || error->domain == SOUP_WEBSOCKET_ERROR ||
      error->domain == JSON_PARSER_ERROR)
    return CONFAB_ERROR_NOT_A_CONFAB_SERVER;

  if (error->domain == BASE_DB_ERROR || error->domain == G_FILE_ERROR)
    return CONFAB_ERROR_STORE;

  return CONFAB_ERROR_FAILED;
}

GError *
confab_error_translate (const GError *error)
{
  if (error->domain == CONFAB_ERROR ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_error_copy (error);

  return g_error_new_literal (CONFAB_ERROR, (int) code_of_error (error), error->message);
}

gboolean
confab_error_is_passing (const GError *error)
{
  static const ConfabError passing[] = {
    CONFAB_ERROR_NETWORK_UNREACHABLE, CONFAB_ERROR_CONNECTION_REFUSED,
    CONFAB_ERROR_HOST_NOT_FOUND,      CONFAB_ERROR_TIMED_OUT,
    CONFAB_ERROR_TOO_MANY_REQUESTS,   CONFAB_ERROR_STORAGE_FULL,
    CONFAB_ERROR_UNAVAILABLE,         CONFAB_ERROR_CLOSED,
  };

  for (guint i = 0; i < G_N_ELEMENTS (passing); i++)
    if (g_error_matches (error, CONFAB_ERROR, (int) passing[i]))
      return TRUE;

  return FALSE;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-client-error"

#include "config.h"

#include "confab-client-error-private.h"

#include "confab-error.h"

#include <string.h>

G_DEFINE_QUARK (confab-client-error-quark, confab_client_error)

G_DEFINE_ENUM_TYPE (ConfabClientError, confab_client_error,
                    G_DEFINE_ENUM_VALUE (CONFAB_CLIENT_ERROR_ERROR, "error"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CLIENT_ERROR_INVALID_REQUEST, "invalid-request"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CLIENT_ERROR_INVALID_PARAMETER,
                                         "invalid-parameter"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CLIENT_ERROR_EXISTS, "exists"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CLIENT_ERROR_NOT_EXISTS, "not-exists"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CLIENT_ERROR_INVALID_CORS, "invalid-cors"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CLIENT_ERROR_SERVICE_DISABLED, "service-disabled"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CLIENT_ERROR_NOT_SUPPORTED, "not-supported"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CLIENT_ERROR_DEVICE_NOT_FOUND, "device-not-found"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CLIENT_ERROR_INVALID_TOKEN, "invalid-token"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CLIENT_ERROR_NOT_ALLOWED, "not-allowed"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CLIENT_ERROR_TOO_LARGE, "too-large"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CLIENT_ERROR_TOO_MANY_REQUESTS,
                                         "too-many-requests"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CLIENT_ERROR_STORAGE_FULL, "storage-full"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CLIENT_ERROR_UNAVAILABLE, "unavailable"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CLIENT_ERROR_TIMED_OUT, "timed-out"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CLIENT_ERROR_REFUSED, "refused"))

static const char *names[] = {
  [CONFAB_CLIENT_ERROR_ERROR] = "ERROR",
  [CONFAB_CLIENT_ERROR_INVALID_REQUEST] = "INVALID_REQUEST",
  [CONFAB_CLIENT_ERROR_INVALID_PARAMETER] = "INVALID_PARAMETER",
  [CONFAB_CLIENT_ERROR_EXISTS] = "EXISTS",
  [CONFAB_CLIENT_ERROR_NOT_EXISTS] = "NOT_EXISTS",
  [CONFAB_CLIENT_ERROR_INVALID_CORS] = "INVALID_CORS",
  [CONFAB_CLIENT_ERROR_SERVICE_DISABLED] = "SERVICE_DISABLED",
  [CONFAB_CLIENT_ERROR_NOT_SUPPORTED] = "NOT_SUPPORTED",
  [CONFAB_CLIENT_ERROR_DEVICE_NOT_FOUND] = "DEVICE_NOT_FOUND",
  [CONFAB_CLIENT_ERROR_INVALID_TOKEN] = "INVALID_TOKEN",
  [CONFAB_CLIENT_ERROR_NOT_ALLOWED] = "NOT_ALLOWED",
  [CONFAB_CLIENT_ERROR_TOO_LARGE] = "TOO_LARGE",
  [CONFAB_CLIENT_ERROR_TOO_MANY_REQUESTS] = "TOO_MANY_REQUESTS",
  [CONFAB_CLIENT_ERROR_STORAGE_FULL] = "STORAGE_FULL",
  [CONFAB_CLIENT_ERROR_UNAVAILABLE] = "UNAVAILABLE",
  [CONFAB_CLIENT_ERROR_TIMED_OUT] = "TIMED_OUT",
  [CONFAB_CLIENT_ERROR_REFUSED] = "REFUSED",
};

/* The documents' own words. */
static const struct
{
  ConfabClientError  code;
  const char        *text;
} faults[CONFAB_N_FAULTS] = {
#define REQUEST CONFAB_CLIENT_ERROR_INVALID_REQUEST
#define PARAMETER CONFAB_CLIENT_ERROR_INVALID_PARAMETER
  [CONFAB_FAULT_NO_CALLBACK] = { REQUEST, "Callback must be a function." },
  [CONFAB_FAULT_NO_ACCESS] = { REQUEST, "No access." },
  [CONFAB_FAULT_NO_LOGIN] = { REQUEST, "User login is required." },
  [CONFAB_FAULT_INVALID_CONNECTION] =
  { REQUEST, "Invalid connection. The service could have been disabled, or has a restricted CORS." },
  [CONFAB_FAULT_CONNECTION_ERROR] =
  { CONFAB_CLIENT_ERROR_ERROR, "Skapi: WebSocket connection error." },
  [CONFAB_FAULT_NO_CONNECTION] =
  { REQUEST, "No realtime connection. Execute connectRealtime() before this method." },
  [CONFAB_FAULT_NOT_OPEN] =
  { REQUEST, "Realtime connection is not open. Try reconnecting with connectRealtime()." },
  [CONFAB_FAULT_NOT_READY] = { REQUEST, "Realtime connection is not ready." },
  [CONFAB_FAULT_NO_RECIPIENT] = { REQUEST, "No recipient." },
  [CONFAB_FAULT_NOT_JOINED] =
  { REQUEST,
    "User has not joined to the recipient group. Run joinRealtime({ group: \"%s\" })" },
  [CONFAB_FAULT_MESSAGE_SIZE] = { REQUEST, "Data should not exceed 2MB" },
  [CONFAB_FAULT_MESSAGE_TYPE] = { REQUEST, "Invalid data type." },
  [CONFAB_FAULT_NOTIFICATION_SIZE] = { PARAMETER, "Notification size exceeds 3kb." },
  [CONFAB_FAULT_KEY_REQUIRED] = { PARAMETER, "Key \"%s\" is required." },
  [CONFAB_FAULT_WRONG_TYPE] = { PARAMETER, "\"%s\" must be a %s." },
  [CONFAB_FAULT_USER_ID_EMPTY] = { PARAMETER, "User ID in \"user_id\" is empty." },
  [CONFAB_FAULT_USER_ID_INVALID] = { PARAMETER, "User ID in \"user_id\" is invalid." },
  [CONFAB_FAULT_GROUP_REQUIRED] =
  { PARAMETER, "No group has been joined. Otherwise \"group\" is required." },
  [CONFAB_FAULT_CONDITION] =
  { PARAMETER,
    "%s is invalid in \"condition\". allowed types or values are: \">\", \">=\", \"=\", \"<\", "
    "\"<=\", \"!=\", \"gt\", \"gte\", \"eq\", \"lt\", \"lte\", \"ne\"." },
  [CONFAB_FAULT_LIMIT_TYPE] = { PARAMETER, "Fetch limit should be a number." },
  [CONFAB_FAULT_LIMIT_SIZE] = { PARAMETER, "Fetch limit should be below 1000." },
  [CONFAB_FAULT_START_KEY] = { PARAMETER, "\"%s\" is invalid startKey key." },
  [CONFAB_FAULT_CID] = { PARAMETER, "\"cid\" should be a valid connection id." },
  [CONFAB_FAULT_MISSING_PARAMETER] = { PARAMETER, "Missing parameter: %s" },
  [CONFAB_FAULT_TOKEN] = { REQUEST, "The token is not one of this service, or has expired." },
  [CONFAB_FAULT_NOT_A_SPACE] =
  { CONFAB_CLIENT_ERROR_NOT_SUPPORTED, "The server is no Confab space." },
  [CONFAB_FAULT_NOT_SKAPI] =
  { CONFAB_CLIENT_ERROR_NOT_SUPPORTED, "This is not a client of a Skapi service." },
  [CONFAB_FAULT_ANSWER] = { CONFAB_CLIENT_ERROR_ERROR, "The answer makes no sense." },
#undef REQUEST
#undef PARAMETER
};

const char *
confab_client_error_to_string (ConfabClientError code)
{
  g_return_val_if_fail ((guint) code < G_N_ELEMENTS (names), NULL);

  return names[code];
}

ConfabClientError
confab_client_error_from_name (const char *name,
                               gboolean   *known)
{
  for (guint i = 0; name && i < G_N_ELEMENTS (names); i++)
    if (strcmp (names[i], name) == 0)
      {
        if (known)
          *known = TRUE;
        return (ConfabClientError) i;
      }

  if (known)
    *known = FALSE;

  return CONFAB_CLIENT_ERROR_ERROR;
}

GError *
confab_fault_new (ConfabFault  fault,
                  const char  *first,
                  const char  *second)
{
  const char *arguments[] = { first, second };
  g_auto(GStrv) pieces = g_strsplit (faults[fault].text, "%s", -1);
  g_autoptr(GString) text = g_string_new (pieces[0]);

  for (guint i = 1; pieces[i]; i++)
    {
      g_assert (i <= G_N_ELEMENTS (arguments) && arguments[i - 1]);
      g_string_append (text, arguments[i - 1]);
      g_string_append (text, pieces[i]);
    }

  return g_error_new_literal (CONFAB_CLIENT_ERROR, (int) faults[fault].code, text->str);
}

static ConfabClientError
code_of_confab_error (ConfabError code)
{
  static const struct
  {
    ConfabError       confab;
    ConfabClientError client;
  } same[] = {
    { CONFAB_ERROR_INVALID_REQUEST, CONFAB_CLIENT_ERROR_INVALID_REQUEST },
    { CONFAB_ERROR_INVALID_CREDENTIALS, CONFAB_CLIENT_ERROR_INVALID_REQUEST },
    { CONFAB_ERROR_INVALID_PARAMETER, CONFAB_CLIENT_ERROR_INVALID_PARAMETER },
    { CONFAB_ERROR_INVALID_TOKEN, CONFAB_CLIENT_ERROR_INVALID_TOKEN },
    { CONFAB_ERROR_NOT_EXISTS, CONFAB_CLIENT_ERROR_NOT_EXISTS },
    { CONFAB_ERROR_NAME_TAKEN, CONFAB_CLIENT_ERROR_EXISTS },
    { CONFAB_ERROR_NOT_ALLOWED, CONFAB_CLIENT_ERROR_NOT_ALLOWED },
    { CONFAB_ERROR_TOO_LARGE, CONFAB_CLIENT_ERROR_TOO_LARGE },
    { CONFAB_ERROR_TOO_MANY_REQUESTS, CONFAB_CLIENT_ERROR_TOO_MANY_REQUESTS },
    { CONFAB_ERROR_STORAGE_FULL, CONFAB_CLIENT_ERROR_STORAGE_FULL },
    { CONFAB_ERROR_UNAVAILABLE, CONFAB_CLIENT_ERROR_UNAVAILABLE },
    { CONFAB_ERROR_TIMED_OUT, CONFAB_CLIENT_ERROR_TIMED_OUT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (same); i++)
    if (same[i].confab == code)
      return same[i].client;

  return CONFAB_CLIENT_ERROR_ERROR;
}

GError *
confab_client_error_translate (const GError *error)
{
  ConfabClientError code = CONFAB_CLIENT_ERROR_ERROR;

  if (error->domain == CONFAB_CLIENT_ERROR ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_error_copy (error);

  if (error->domain == CONFAB_ERROR)
    code = code_of_confab_error ((ConfabError) error->code);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    code = CONFAB_CLIENT_ERROR_TIMED_OUT;

  return g_error_new_literal (CONFAB_CLIENT_ERROR, (int) code, error->message);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-client-error.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Everything that ConfabClient itself finds wrong; the texts are in one table. */
typedef enum {
  CONFAB_FAULT_NO_CALLBACK,
  CONFAB_FAULT_NO_ACCESS,
  CONFAB_FAULT_NO_LOGIN,
  CONFAB_FAULT_INVALID_CONNECTION,
  CONFAB_FAULT_CONNECTION_ERROR,
  CONFAB_FAULT_NO_CONNECTION,
  CONFAB_FAULT_NOT_OPEN,
  CONFAB_FAULT_NOT_READY,
  CONFAB_FAULT_NO_RECIPIENT,
  CONFAB_FAULT_NOT_JOINED,               /* the group */
  CONFAB_FAULT_MESSAGE_SIZE,
  CONFAB_FAULT_MESSAGE_TYPE,
  CONFAB_FAULT_NOTIFICATION_SIZE,
  CONFAB_FAULT_KEY_REQUIRED,             /* the key */
  CONFAB_FAULT_WRONG_TYPE,               /* the key, the type */
  CONFAB_FAULT_USER_ID_EMPTY,
  CONFAB_FAULT_USER_ID_INVALID,
  CONFAB_FAULT_GROUP_REQUIRED,
  CONFAB_FAULT_CONDITION,                /* the value as JSON */
  CONFAB_FAULT_LIMIT_TYPE,
  CONFAB_FAULT_LIMIT_SIZE,
  CONFAB_FAULT_START_KEY,                /* the value */
  CONFAB_FAULT_CID,
  CONFAB_FAULT_MISSING_PARAMETER,        /* the name */
  CONFAB_FAULT_TOKEN,
  CONFAB_FAULT_NOT_A_SPACE,
  CONFAB_FAULT_NOT_SKAPI,
  CONFAB_FAULT_ANSWER,
  CONFAB_N_FAULTS,
} ConfabFault;

/* What the documents call it is put in: each %s of the text, in order. */
GError            *confab_fault_new              (ConfabFault   fault,
                                                  const char   *first,
                                                  const char   *second);
/* A code of the wire; one that is not known is ERROR. */
ConfabClientError  confab_client_error_from_name (const char   *name,
                                                  gboolean     *known);
/* An error of GIO, TLS or libsoup in our own domain; a cancellation stays what it is. */
GError            *confab_client_error_translate (const GError *error);

G_END_DECLS

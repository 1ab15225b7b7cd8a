/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-client"

#include "config.h"

#include "confab-client-altogic-private.h"

#include "confab-client-private.h"

void
confab_client_altogic_install_signals (GType client_type)
{
}

void
confab_client_open (ConfabClient *self)
{
  g_return_if_fail (CONFAB_IS_CLIENT (self));

  if (self->realtime)
    confab_realtime_connect_async (self->realtime, NULL, NULL, NULL);
}

void
confab_client_close (ConfabClient *self)
{
  g_return_if_fail (CONFAB_IS_CLIENT (self));

  if (self->realtime)
    confab_realtime_close (self->realtime);
}

gboolean
confab_client_is_connected (ConfabClient *self)
{
  g_return_val_if_fail (CONFAB_IS_CLIENT (self), FALSE);

  return self->realtime && confab_realtime_get_state (self->realtime) == CONFAB_REALTIME_OPEN;
}

const char *
confab_client_get_socket_id (ConfabClient *self)
{
  g_return_val_if_fail (CONFAB_IS_CLIENT (self), NULL);

  return NULL;
}

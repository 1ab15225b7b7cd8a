/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-error"

#include "config.h"

#include "app-error.h"

#include "app-host.h"

#include <confab.h>
#include <glib/gi18n.h>

/* Each sentence says what is wrong and, where there is something, what helps. */
static const char *
pick_sentence (ConfabError code)
{
  switch (code)
    {
    case CONFAB_ERROR_NETWORK_UNREACHABLE:
      return _("There is no network connection. Check that this computer is online.");
    case CONFAB_ERROR_CONNECTION_REFUSED:
      return _("The computer at this address answers, but no space is running there. "
               "Check the port, or ask the host to start Confab.");
    case CONFAB_ERROR_HOST_NOT_FOUND:
      return _("No computer has this address. Check it for typing mistakes.");
    case CONFAB_ERROR_TLS_CERTIFICATE:
      return _("The certificate of this space cannot be trusted, so the connection would not "
               "be safe. Ask whoever runs the space.");
    case CONFAB_ERROR_NOT_A_CONFAB_SERVER:
      return _("Something answers at this address, but it is not a Confab space.");
    case CONFAB_ERROR_TIMED_OUT:
      return _("The space does not answer. It may be switched off, or a firewall is in between.");
    case CONFAB_ERROR_INVALID_CREDENTIALS:
      return _("The user name or the password is wrong.");
    case CONFAB_ERROR_NAME_TAKEN:
      return _("Somebody already has this user name. Choose another, or sign in if it is you.");
    case CONFAB_ERROR_REGISTRATION_CLOSED:
      return _("This space takes no new accounts. Ask whoever runs it for one.");
    case CONFAB_ERROR_INVALID_REQUEST:
      return _("The space did not understand this. It may run another version of Confab.");
    case CONFAB_ERROR_INVALID_PARAMETER:
      return _("Something in this is not allowed: too long, too short, or with forbidden "
               "characters.");
    case CONFAB_ERROR_INVALID_TOKEN:
      return _("You have been signed out. Sign in again to go on.");
    case CONFAB_ERROR_NOT_EXISTS:
      return _("This person or group does not exist any more.");
    case CONFAB_ERROR_NOT_ALLOWED:
      return _("You are not allowed to do this.");
    case CONFAB_ERROR_TOO_LARGE:
      return _("This message is too long. Split it into several.");
    case CONFAB_ERROR_TOO_MANY_REQUESTS:
      return _("That was too often in a short time. Wait a minute and try again.");
    case CONFAB_ERROR_STORAGE_FULL:
      return _("The space has no room left to store messages. Tell whoever runs it.");
    case CONFAB_ERROR_UNAVAILABLE:
      return _("The space is busy or just starting. Try again in a moment.");
    case CONFAB_ERROR_STORE:
      return _("The messages kept on this computer cannot be read or written. The disk may be "
               "full, or Confab may be running twice.");
    case CONFAB_ERROR_CLOSED:
      return _("The connection was lost before the answer came. Try again.");
    case CONFAB_ERROR_FAILED:
      break;
    }

  return _("That did not work. Try again.");
}

static const char *
pick_host_sentence (AppHostError code)
{
  switch (code)
    {
    case APP_HOST_ERROR_PROGRAM:
      return _("The server that belongs to Confab is missing. Install Confab anew.");
    case APP_HOST_ERROR_ENDED:
      return _("The space could not be started. The disk may be full, or its data damaged.");
    case APP_HOST_ERROR_BUSY:
      break;
    }

  return _("This computer already hosts a space.");
}

/**
 * app_error_describe_code:
 * @code: a #ConfabError
 *
 * Returns: (transfer full): a sentence for the person who sees it
 */
char *
app_error_describe_code (int code)
{
  return g_strdup (pick_sentence ((ConfabError) code));
}

/**
 * app_error_describe:
 * @error: an error of the library or of the host
 *
 * Returns: (transfer full): a sentence for the person who sees it
 */
char *
app_error_describe (const GError *error)
{
  if (error->domain == CONFAB_ERROR)
    return app_error_describe_code (error->code);
  if (error->domain == APP_HOST_ERROR)
    return g_strdup (pick_host_sentence ((AppHostError) error->code));

  g_debug ("No sentence for %s: %s", g_quark_to_string (error->domain), error->message);

  return g_strdup (pick_sentence (CONFAB_ERROR_FAILED));
}

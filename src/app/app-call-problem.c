/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-call-problem"

#include "config.h"

#include "app-call-problem.h"

#include <glib/gi18n.h>

static const char *
pick_sentence (ConfabCheckProblem problem)
{
  switch (problem)
    {
    case CONFAB_CHECK_PROBLEM_NONE:
      break;
    case CONFAB_CHECK_PROBLEM_NO_DEVICE:
      return _("There is no speaker.");
    case CONFAB_CHECK_PROBLEM_DEVICE_FAILED:
      return _("The speaker does not work, or another program uses it.");
    case CONFAB_CHECK_PROBLEM_NO_PLUGIN:
      return _("A part of GStreamer is missing.");
    case CONFAB_CHECK_PROBLEM_BAD_URI:
      return _("has an address that makes no sense");
    case CONFAB_CHECK_PROBLEM_UNKNOWN_HOST:
      return _("has a name that nobody knows");
    case CONFAB_CHECK_PROBLEM_NO_REPLY:
      return _("does not answer: the network may block it");
    case CONFAB_CHECK_PROBLEM_REFUSED:
      return _("does not accept your account");
    case CONFAB_CHECK_PROBLEM_NO_RELAY:
      return _("has no relay to give");
    case CONFAB_CHECK_PROBLEM_NO_CONNECTION:
      return _("The two ends of the call did not find each other: a firewall on this computer may "
               "be in the way.");
    case CONFAB_CHECK_PROBLEM_SILENT:
      return _("The microphone heard nothing: say something during the call, or choose another "
               "one.");
    case CONFAB_CHECK_PROBLEM_NO_SOUND:
      return _("No sound came through.");
    case CONFAB_CHECK_PROBLEM_NO_PICTURE:
      return _("No picture came through.");
    }

  g_return_val_if_reached ("");
}

/**
 * app_call_problem_describe_tone:
 * @problem: what was found when a tone was played
 *
 * Returns: (transfer full): a sentence
 */
char *
app_call_problem_describe_tone (ConfabCheckProblem problem)
{
  return g_strdup (problem == CONFAB_CHECK_PROBLEM_NONE
                     ? _("A tone was played. If you did not hear it, choose another speaker or "
                         "turn it up.")
                     : pick_sentence (problem));
}

/**
 * app_call_problem_describe_server:
 * @problem: what was found of a server on the way to others
 * @uri: its address
 *
 * Returns: (transfer full): a sentence
 */
char *
app_call_problem_describe_server (ConfabCheckProblem  problem,
                                  const char         *uri)
{
  const char *sentence =
    problem == CONFAB_CHECK_PROBLEM_NONE ? _("can be reached") : pick_sentence (problem);

  /* Translators: the address of a server, and what is the matter with it. */
  return g_strdup_printf (C_("server", "%s %s"), uri, sentence);
}

static const char *
pick_missing (gboolean      camera,
              ConfabMissing missing)
{
  switch (missing)
    {
    case CONFAB_MISSING_NONE:
      break;
    case CONFAB_MISSING_NO_DEVICE:
      return camera ? _("There is no camera.") : _("There is no microphone.");
    case CONFAB_MISSING_NO_PERMISSION:
      return camera ? _("Confab may not use the camera: allow it in the settings of your system.")
                    : _("Confab may not use the microphone: allow it in the settings of your "
                        "system.");
    case CONFAB_MISSING_BUSY:
      return camera ? _("Another program uses the camera.")
                    : _("Another program uses the microphone.");
    case CONFAB_MISSING_NO_PLUGIN:
      return _("A part of GStreamer is missing.");
    case CONFAB_MISSING_FAILED:
      return camera ? _("The camera does not work.") : _("The microphone does not work.");
    case CONFAB_MISSING_LOST:
      return camera ? _("The camera was unplugged.") : _("The microphone was unplugged.");
    }

  return NULL;
}

/**
 * app_call_problem_describe_missing:
 * @kind: microphone or camera
 * @missing: why it does not work
 *
 * Returns: (transfer none) (nullable): a sentence; %NULL if nothing is wrong
 */
const char *
app_call_problem_describe_missing (ConfabDeviceKind kind,
                                   ConfabMissing    missing)
{
  return pick_missing (kind == CONFAB_DEVICE_KIND_CAMERA, missing);
}

static const char *
pick_success_of_trial (gboolean microphone,
                       gboolean camera)
{
  if (microphone && camera)
    return _("Your voice and your picture came through.");
  if (microphone)
    return _("Your voice and a test picture came through.");
  if (camera)
    return _("A test tone and your picture came through.");

  return _("A test tone and a test picture came through.");
}

/**
 * app_call_problem_describe_trial:
 * @problem: what was found in a call with oneself
 * @microphone: why a tone stood in for the microphone, if one did
 * @camera: why a test picture stood in for the camera
 *
 * Returns: (transfer full): what came through, and what was missing
 */
char *
app_call_problem_describe_trial (ConfabCheckProblem problem,
                                 ConfabMissing      microphone,
                                 ConfabMissing      camera)
{
  g_autoptr(GString) text = g_string_new (
    problem == CONFAB_CHECK_PROBLEM_NONE
      ? pick_success_of_trial (microphone == CONFAB_MISSING_NONE, camera == CONFAB_MISSING_NONE)
      : pick_sentence (problem));

  if (microphone != CONFAB_MISSING_NONE)
    g_string_append_printf (text, " %s", pick_missing (FALSE, microphone));
  if (camera != CONFAB_MISSING_NONE)
    g_string_append_printf (text, " %s", pick_missing (TRUE, camera));

  return g_string_free_and_steal (g_steal_pointer (&text));
}

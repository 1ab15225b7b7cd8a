/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-call-problem"

#include "config.h"

#include "app-call-problem.h"

#include <glib/gi18n.h>

static const char *
pick_success (AppCallPart part)
{
  switch (part)
    {
    case APP_CALL_PART_SPEAKER:
      return _("A tone was played. If you did not hear it, choose another speaker or turn it up.");
    case APP_CALL_PART_LOOP:
      return _("Sound and picture came through.");
    case APP_CALL_PART_SERVER:
      return _("can be reached");
    }

  g_return_val_if_reached ("");
}

static const char *
pick_sentence (AppCallPart        part,
               ConfabCheckProblem problem)
{
  switch (problem)
    {
    case CONFAB_CHECK_PROBLEM_NONE:
      return pick_success (part);
    case CONFAB_CHECK_PROBLEM_NO_DEVICE:
      return part == APP_CALL_PART_SPEAKER ? _("There is no speaker.")
                                           : _("A device is missing.");
    case CONFAB_CHECK_PROBLEM_DEVICE_FAILED:
      return part == APP_CALL_PART_SPEAKER
               ? _("The speaker does not work, or another program uses it.")
               : _("A device does not work, or another program uses it.");
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
    case CONFAB_CHECK_PROBLEM_NO_SOUND:
      return _("No sound came through.");
    case CONFAB_CHECK_PROBLEM_NO_PICTURE:
      return _("No picture came through.");
    }

  g_return_val_if_reached ("");
}

/**
 * app_call_problem_describe:
 * @part: what was checked
 * @problem: what was found
 * @subject: (nullable): the address of a server
 *
 * Returns: (transfer full): a sentence
 */
char *
app_call_problem_describe (AppCallPart         part,
                           ConfabCheckProblem  problem,
                           const char         *subject)
{
  const char *sentence = pick_sentence (part, problem);

  if (part == APP_CALL_PART_SERVER && subject)
    /* Translators: the address of a server, and what is the matter with it. */
    return g_strdup_printf (C_("server", "%s %s"), subject, sentence);

  return g_strdup (sentence);
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

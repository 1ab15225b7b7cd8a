/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "app-call-format"

#include "config.h"

#include "app-call-format.h"

#include "app-call-entry.h"

#include <glib/gi18n.h>

/**
 * app_call_format_state:
 * @state: where a call is
 * @reconnecting: whether nothing comes through just now
 * @duration_s: how long it has been active
 *
 * Returns: (transfer full): the line under the name
 */
char *
app_call_format_state (ConfabCallState state,
                       gboolean        reconnecting,
                       guint           duration_s)
{
  switch (state)
    {
    case CONFAB_CALL_STATE_IDLE:
    case CONFAB_CALL_STATE_RINGING_OUT:
      return g_strdup (C_("call", "Ringing…"));
    case CONFAB_CALL_STATE_RINGING_IN:
      return g_strdup (C_("call", "Calling you…"));
    case CONFAB_CALL_STATE_CONNECTING:
      return g_strdup (C_("call", "Connecting…"));
    case CONFAB_CALL_STATE_ACTIVE:
      return reconnecting ? g_strdup (C_("call", "Reconnecting…"))
                          : app_call_entry_format_duration (duration_s);
    case CONFAB_CALL_STATE_ENDED:
      return g_strdup (C_("call", "Call ended"));
    }

  g_return_val_if_reached (NULL);
}

static const char *
pick_end_sentence (ConfabCallEndReason reason)
{
  switch (reason)
    {
    case CONFAB_CALL_END_REASON_PEER_HUNG_UP:
      /* Translators: %s is a person in this and the following sentences. */
      return _("%s has hung up.");
    case CONFAB_CALL_END_REASON_PEER_CANCELLED:
      return _("%s has given up calling.");
    case CONFAB_CALL_END_REASON_PEER_DECLINED:
      return _("%s cannot talk now.");
    case CONFAB_CALL_END_REASON_BUSY:
      return _("%s is in another call.");
    case CONFAB_CALL_END_REASON_NO_ANSWER:
      return _("%s did not answer.");
    case CONFAB_CALL_END_REASON_OFFLINE:
      return _("%s cannot be reached: they are offline, or you are.");
    case CONFAB_CALL_END_REASON_NO_WAY:
      return _("No way through the network to %s was found.");
    case CONFAB_CALL_END_REASON_PEER_LOST:
      return _("The connection with %s was lost.");
    case CONFAB_CALL_END_REASON_ANSWERED_ELSEWHERE:
      return _("You have answered on another device.");
    case CONFAB_CALL_END_REASON_DECLINED_ELSEWHERE:
      return _("You have declined on another device.");
    case CONFAB_CALL_END_REASON_FULL:
      return _("There are as many people in this call as it can have.");
    case CONFAB_CALL_END_REASON_NO_PLUGIN:
      return _("A part of GStreamer that calls need is missing. "
               "The call check in the preferences names it.");
    case CONFAB_CALL_END_REASON_INSECURE:
      return _("Somebody may have been between you and %s, so the call was ended.");
    case CONFAB_CALL_END_REASON_PEER_FAILED:
      return _("The device of %s cannot take the call.");
    case CONFAB_CALL_END_REASON_FAILED:
      return _("The call failed.");
    case CONFAB_CALL_END_REASON_NONE:
    case CONFAB_CALL_END_REASON_HUNG_UP:
    case CONFAB_CALL_END_REASON_CANCELLED:
    case CONFAB_CALL_END_REASON_DECLINED:
      return _("The call has ended.");
    }

  g_return_val_if_reached ("");
}

/**
 * app_call_format_end:
 * @reason: why a call has ended
 * @name: the other side
 *
 * Returns: (transfer full): a sentence
 */
char *
app_call_format_end (ConfabCallEndReason  reason,
                     const char          *name)
{
  g_auto(GStrv) parts = g_strsplit (pick_end_sentence (reason), "%s", 2);

  return g_strjoinv (name, parts);
}

static const char *
pick_own_sentence (gboolean      camera,
                   ConfabMissing missing)
{
  switch (missing)
    {
    case CONFAB_MISSING_NO_DEVICE:
      return camera ? _("No camera was found: nobody sees you.")
                    : _("No microphone was found: nobody hears you.");
    case CONFAB_MISSING_NO_PERMISSION:
      return camera ? _("Confab may not use the camera: nobody sees you.")
                    : _("Confab may not use the microphone: nobody hears you.");
    case CONFAB_MISSING_BUSY:
      return camera ? _("Another program uses the camera: nobody sees you.")
                    : _("Another program uses the microphone: nobody hears you.");
    case CONFAB_MISSING_LOST:
      return camera ? _("The camera was unplugged: nobody sees you.")
                    : _("The microphone was unplugged: nobody hears you.");
    case CONFAB_MISSING_NO_PLUGIN:
      return camera ? _("A part of GStreamer is missing for your picture: nobody sees you.")
                    : _("A part of GStreamer is missing for your voice: nobody hears you.");
    case CONFAB_MISSING_FAILED:
      return camera ? _("The camera does not work: nobody sees you.")
                    : _("The microphone does not work: nobody hears you.");
    case CONFAB_MISSING_NONE:
      break;
    }

  g_return_val_if_reached ("");
}

static const char *
pick_peer_sentence (gboolean      camera,
                    ConfabMissing missing)
{
  switch (missing)
    {
    case CONFAB_MISSING_NO_DEVICE:
      /* Translators: %s is a person in this and the following sentences. */
      return camera ? _("%s has no camera: you do not see them.")
                    : _("%s has no microphone: you do not hear them.");
    case CONFAB_MISSING_NO_PERMISSION:
      return camera ? _("The camera of %s may not be used: you do not see them.")
                    : _("The microphone of %s may not be used: you do not hear them.");
    case CONFAB_MISSING_BUSY:
      return camera ? _("Another program uses the camera of %s: you do not see them.")
                    : _("Another program uses the microphone of %s: you do not hear them.");
    case CONFAB_MISSING_LOST:
      return camera ? _("The camera of %s was unplugged: you do not see them.")
                    : _("The microphone of %s was unplugged: you do not hear them.");
    case CONFAB_MISSING_NO_PLUGIN:
      return camera ? _("The computer of %s cannot send a picture: you do not see them.")
                    : _("The computer of %s cannot send sound: you do not hear them.");
    case CONFAB_MISSING_FAILED:
      return camera ? _("The camera of %s does not work: you do not see them.")
                    : _("The microphone of %s does not work: you do not hear them.");
    case CONFAB_MISSING_NONE:
      break;
    }

  g_return_val_if_reached ("");
}

/**
 * app_call_format_missing:
 * @video: whether it is about the picture, or the sound
 * @missing: why there is none
 * @name: (nullable): at whose side; %NULL for one's own
 *
 * Returns: (transfer full) (nullable): a sentence; %NULL if nothing is missing
 */
char *
app_call_format_missing (gboolean       video,
                         ConfabMissing  missing,
                         const char    *name)
{
  g_auto(GStrv) parts = NULL;

  if (missing == CONFAB_MISSING_NONE)
    return NULL;
  if (!name)
    return g_strdup (pick_own_sentence (video, missing));

  parts = g_strsplit (pick_peer_sentence (video, missing), "%s", 2);

  return g_strjoinv (name, parts);
}

/**
 * app_call_format_missing_screen:
 * @missing: why a screen is not seen that was to be shared
 * @name: (nullable): whose; %NULL for one's own
 *
 * Returns: (transfer full) (nullable): a sentence; %NULL if nothing is missing
 */
char *
app_call_format_missing_screen (ConfabMissing  missing,
                                const char    *name)
{
  if (missing == CONFAB_MISSING_NONE)
    return NULL;
  if (name)
    return g_strdup_printf (missing == CONFAB_MISSING_LOST
                              /* Translators: %s is a person. */
                              ? _("The screen of %s is shared no longer.")
                              : _("%s cannot share their screen."), name);
  if (missing == CONFAB_MISSING_NO_PERMISSION)
    return g_strdup (_("Your screen is not shared: your system does not allow it."));
  if (missing == CONFAB_MISSING_LOST)
    return g_strdup (_("Your screen is shared no longer."));

  return g_strdup (_("Your screen cannot be shared."));
}

/**
 * app_call_format_quality:
 * @quality: from 0 to 4
 *
 * Returns: (transfer none): a word for it
 */
const char *
app_call_format_quality (guint quality)
{
  const char *words[] = { C_("quality", "Unusable"), C_("quality", "Bad"), C_("quality", "Fair"),
                          C_("quality", "Good"), C_("quality", "Very good") };

  return words[MIN (quality, 4)];
}

/**
 * app_call_get_quality_icon:
 * @quality: from 0 to 4
 *
 * Returns: (transfer none): the name of an icon with as many bars
 */
const char *
app_call_get_quality_icon (guint quality)
{
  const char *icons[] = { "network-cellular-signal-none-symbolic",
                          "network-cellular-signal-weak-symbolic",
                          "network-cellular-signal-ok-symbolic",
                          "network-cellular-signal-good-symbolic",
                          "network-cellular-signal-excellent-symbolic" };

  return icons[MIN (quality, 4)];
}

/**
 * app_call_format_sound:
 * @stats: statistics
 *
 * Returns: (transfer full): how the sound comes
 */
char *
app_call_format_sound (const ConfabCallStats *stats)
{
  if (!stats->audio_codec)
    return g_strdup (C_("call", "None"));

  /* Which is no abbreviation, though GStreamer writes it like one. */
  return g_strdup (g_ascii_strcasecmp (stats->audio_codec, "opus") == 0 ? "Opus"
                                                                        : stats->audio_codec);
}

/**
 * app_call_format_picture:
 * @stats: statistics
 *
 * Returns: (transfer full): how the picture comes
 */
char *
app_call_format_picture (const ConfabCallStats *stats)
{
  if (!stats->video_codec || stats->width == 0)
    return g_strdup (C_("call", "None"));

  /* Translators: a codec, width and height of a picture, pictures in a second. */
  return g_strdup_printf (C_("call", "%s, %u × %u, %.0f/s"), stats->video_codec, stats->width,
                          stats->height, stats->frames_per_second);
}

/**
 * app_call_format_rate:
 * @kbit_per_s: a bit rate
 *
 * Returns: (transfer full): the rate with its unit
 */
char *
app_call_format_rate (guint kbit_per_s)
{
  if (kbit_per_s >= 1000)
    return g_strdup_printf (_("%.1f Mbit/s"), kbit_per_s / 1000.0);

  return g_strdup_printf (_("%u kbit/s"), kbit_per_s);
}

/**
 * app_call_format_delay:
 * @ms: how long; 0 for unknown
 *
 * Returns: (transfer full): the delay with its unit
 */
char *
app_call_format_delay (double ms)
{
  if (ms <= 0)
    return g_strdup (C_("delay", "Unknown"));

  if (ms < 1)
    return g_strdup (C_("delay", "Less than 1 ms"));

  return g_strdup_printf (_("%.0f ms"), ms);
}

/**
 * app_call_format_loss:
 * @percent: how much is lost
 *
 * Returns: (transfer full): the share with its sign
 */
char *
app_call_format_loss (double percent)
{
  /* Translators: a share in percent. */
  return g_strdup_printf (C_("loss", "%.1f %%"), CLAMP (percent, 0, 100));
}

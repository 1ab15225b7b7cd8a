/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-device-use"

#include "config.h"

#include "confab-device-use-private.h"

#include "confab-devices-private.h"
#include "confab-missing-private.h"
#include "confab-sources-private.h"

#define N_KINDS 3u

/**
 * ConfabDeviceUse:
 *
 * What one end of a call uses of the devices of this computer.
 *
 * Opens what is wanted, goes over to another device when #ConfabDevices says so, and lets a screen
 * stand in for the camera. What is wanted and is not there, or breaks, is told by
 * ConfabDeviceUse::missing-changed, and plugged in as soon as it comes. Test devices may stand in
 * for it meanwhile. Does nothing more after confab_device_use_close().
 */
struct _ConfabDeviceUse
{
  GObject                 parent_instance;

  ConfabDevices          *devices;           /* NULL: test devices */
  ConfabOwnVoice         *voice;             /* borrowed, like the next two */
  ConfabOwnPicture       *picture;
  ConfabPlayback         *playback;
  ConfabEchoCancellation  echo;
  gboolean                stands_in;         /* test devices, for what is missing */
  gboolean                closed;
  gboolean                wanted[N_KINDS];
  gboolean                had[N_KINDS];      /* there was one, in this call */
  ConfabMissing           missing[N_KINDS];
};

G_DEFINE_FINAL_TYPE (ConfabDeviceUse, confab_device_use, G_TYPE_OBJECT)

enum {
  MISSING_CHANGED,
  SCREEN_ENDED,
};

static guint signals[SCREEN_ENDED + 1];

static void
set_missing (ConfabDeviceUse  *self,
             ConfabDeviceKind  kind,
             ConfabMissing     missing)
{
  if (self->missing[kind] == missing)
    return;

  self->missing[kind] = missing;
  g_signal_emit (self, signals[MISSING_CHANGED], 0, kind);
}

static gboolean
shows_screen (ConfabDeviceUse *self)
{
  return confab_own_picture_is_screen (self->picture);
}

static void
unplug (ConfabDeviceUse  *self,
        ConfabDeviceKind  kind)
{
  switch (kind)
    {
    case CONFAB_DEVICE_KIND_MICROPHONE:
      confab_own_voice_set_source (self->voice, NULL);
      break;
    case CONFAB_DEVICE_KIND_SPEAKER:
      confab_playback_set_speaker (self->playback, NULL);
      break;
    case CONFAB_DEVICE_KIND_CAMERA:
      if (!shows_screen (self))
        confab_own_picture_set_camera (self->picture, NULL);
      break;
    }
}

/* Whether it fits. */
static gboolean
plug_device (ConfabDeviceUse *self,
             ConfabDevice    *device)
{
  GstElement *element = NULL;

  switch (confab_device_get_kind (device))
    {
    case CONFAB_DEVICE_KIND_MICROPHONE:
      element = confab_sources_make_microphone (device, self->echo);
      return element && confab_own_voice_set_source (self->voice, element);
    case CONFAB_DEVICE_KIND_SPEAKER:
      element = confab_sources_make_speaker (device, self->echo);
      return element && confab_playback_set_speaker (self->playback, element);
    case CONFAB_DEVICE_KIND_CAMERA:
      element = confab_sources_make_camera (device);
      return element && confab_own_picture_set_camera (self->picture, element);
    }

  g_assert_not_reached ();
}

/* What is to be used cannot be. */
static void
lack (ConfabDeviceUse  *self,
      ConfabDeviceKind  kind,
      ConfabMissing     missing)
{
  g_autoptr(ConfabDevice) stand_in =
    self->stands_in && kind != CONFAB_DEVICE_KIND_SPEAKER ? confab_test_devices_make (kind) : NULL;

  unplug (self, kind);
  if (stand_in)
    plug_device (self, stand_in);
  set_missing (self, kind, missing);
}

static ConfabMissing
explain_none (ConfabDeviceUse  *self,
              ConfabDeviceKind  kind)
{
  ConfabMissing missing = kind == CONFAB_DEVICE_KIND_CAMERA
                            ? confab_devices_explain_no_camera (self->devices)
                            : CONFAB_MISSING_NO_DEVICE;

  return missing == CONFAB_MISSING_NO_DEVICE && self->had[kind] ? CONFAB_MISSING_LOST : missing;
}

/* Plugs in what is to be used now, or tells that it is missing. */
static void
plug (ConfabDeviceUse  *self,
      ConfabDeviceKind  kind)
{
  g_autoptr(ConfabDevice) device = NULL;

  if (!self->wanted[kind] || self->closed)
    return;

  /* Devices that are still looked for come with `current-changed`. */
  if (self->devices && !confab_devices_get_ready (self->devices))
    return;

  device = self->devices ? confab_devices_dup_current (self->devices, kind)
                         : confab_test_devices_make (kind);
  self->had[kind] |= device != NULL;
  if (!device)
    {
      unplug (self, kind);
      /* What comes of asking comes with `current-changed`; what was there is missed till then. */
      if (kind != CONFAB_DEVICE_KIND_CAMERA || !confab_devices_ask_for_camera (self->devices))
        lack (self, kind, explain_none (self, kind));
      else if (self->had[kind])
        lack (self, kind, CONFAB_MISSING_FAILED);
    }
  else if (kind != CONFAB_DEVICE_KIND_CAMERA || !shows_screen (self))
    {
      if (plug_device (self, device))
        set_missing (self, kind, CONFAB_MISSING_NONE);
      else
        lack (self, kind, CONFAB_MISSING_NO_PLUGIN);
    }
}

static void
current_changed_cb (ConfabDevices    *devices,
                    ConfabDeviceKind  kind,
                    ConfabDeviceUse  *self)
{
  plug (self, kind);
}

static void
ready_cb (ConfabDevices   *devices,
          GParamSpec      *pspec,
          ConfabDeviceUse *self)
{
  for (guint kind = 0; kind < N_KINDS; kind++)
    plug (self, kind);
}

static void
confab_device_use_dispose (GObject *object)
{
  ConfabDeviceUse *self = CONFAB_DEVICE_USE (object);

  g_clear_object (&self->devices);

  G_OBJECT_CLASS (confab_device_use_parent_class)->dispose (object);
}

static void
confab_device_use_class_init (ConfabDeviceUseClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = confab_device_use_dispose;

  /**
   * ConfabDeviceUse::missing-changed:
   * @self: the use
   * @kind: what is missing, or is there again
   *
   * confab_device_use_get_missing() tells something else now.
   */
  signals[MISSING_CHANGED] =
    g_signal_new ("missing-changed", CONFAB_TYPE_DEVICE_USE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                  NULL, G_TYPE_NONE, 1, CONFAB_TYPE_DEVICE_KIND);

  /**
   * ConfabDeviceUse::screen-ended:
   * @self: the use
   * @missing: why: %CONFAB_MISSING_NONE if the person ended it, at the desktop
   *
   * A screen that was sent is gone.
   */
  signals[SCREEN_ENDED] =
    g_signal_new ("screen-ended", CONFAB_TYPE_DEVICE_USE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, CONFAB_TYPE_MISSING);
}

static void
confab_device_use_init (ConfabDeviceUse *self)
{
}

/**
 * confab_device_use_new:
 * @devices: (nullable): what to choose from; %NULL for a tone, a moving picture and no ear
 * @voice: where to plug in microphones, until confab_device_use_close()
 * @picture: where to plug in cameras and screens, as long
 * @playback: where to plug in speakers, as long
 * @echo: what takes the echo out
 *
 * Returns: (transfer full): a use of no device yet
 */
ConfabDeviceUse *
confab_device_use_new (ConfabDevices          *devices,
                       ConfabOwnVoice         *voice,
                       ConfabOwnPicture       *picture,
                       ConfabPlayback         *playback,
                       ConfabEchoCancellation  echo)
{
  ConfabDeviceUse *self = g_object_new (CONFAB_TYPE_DEVICE_USE, NULL);

  self->voice = voice;
  self->picture = picture;
  self->playback = playback;
  self->echo = echo;
  if (g_set_object (&self->devices, devices))
    {
      g_signal_connect_object (devices, "current-changed", G_CALLBACK (current_changed_cb), self,
                               G_CONNECT_DEFAULT);
      g_signal_connect_object (devices, "notify::ready", G_CALLBACK (ready_cb), self,
                               G_CONNECT_DEFAULT);
      confab_devices_start (devices);
    }

  return self;
}

/* Unplugs what feeds the peers, for good; the speaker goes with what it plays. */
void
confab_device_use_close (ConfabDeviceUse *self)
{
  self->closed = TRUE;
  confab_own_voice_set_source (self->voice, NULL);
  confab_own_picture_set_camera (self->picture, NULL);
}

/* Lets a tone and a moving picture stand in for a microphone and a camera that are missing, as long
 * as they are; to be said before any is wanted. */
void
confab_device_use_let_stand_in (ConfabDeviceUse *self)
{
  self->stands_in = TRUE;
}

void
confab_device_use_set_wanted (ConfabDeviceUse  *self,
                              ConfabDeviceKind  kind,
                              gboolean          wanted)
{
  if (self->closed || self->wanted[kind] == wanted)
    return;

  self->wanted[kind] = wanted;
  if (wanted)
    {
      if (kind == CONFAB_DEVICE_KIND_CAMERA && self->devices)
        confab_devices_forget_refusal (self->devices);
      plug (self, kind);
    }
  else
    {
      unplug (self, kind);
      set_missing (self, kind, CONFAB_MISSING_NONE);
    }
}

gboolean
confab_device_use_is_wanted (ConfabDeviceUse  *self,
                             ConfabDeviceKind  kind)
{
  return !self->closed &&
         (self->wanted[kind] || (kind == CONFAB_DEVICE_KIND_CAMERA && shows_screen (self)));
}

/**
 * confab_device_use_show_screen:
 * @self: a use
 * @screen: (transfer floating): what to show, with a pad `src`
 *
 * Sends a screen in the place of the camera.
 *
 * Returns: whether it fits; the camera is back if not
 */
gboolean
confab_device_use_show_screen (ConfabDeviceUse *self,
                               GstElement      *screen)
{
  if (confab_own_picture_set_screen (self->picture, screen))
    return TRUE;

  plug (self, CONFAB_DEVICE_KIND_CAMERA);

  return FALSE;
}

/* The camera takes its place again, if it is wanted. */
void
confab_device_use_end_screen (ConfabDeviceUse *self)
{
  if (self->closed || !shows_screen (self))
    return;

  confab_own_picture_set_camera (self->picture, NULL);
  plug (self, CONFAB_DEVICE_KIND_CAMERA);
}

static void
lose_picture (ConfabDeviceUse *self,
              const GError    *error)
{
  if (shows_screen (self))
    {
      confab_device_use_end_screen (self);
      g_signal_emit (self, signals[SCREEN_ENDED], 0,
                     g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_CLOSE)
                       ? CONFAB_MISSING_NONE : CONFAB_MISSING_LOST);
    }
  else
    {
      lack (self, CONFAB_DEVICE_KIND_CAMERA, confab_missing_from_error (error));
    }
}

/**
 * confab_device_use_take_error:
 * @self: a use
 * @from: who says so
 * @error: what
 *
 * Unplugs a device that broke, and tells what is missing from now on.
 *
 * Returns: whether it was about a device, or about what stands between it and the peers
 */
gboolean
confab_device_use_take_error (ConfabDeviceUse *self,
                              GstObject       *from,
                              const GError    *error)
{
  ConfabMissing missing = confab_missing_from_error (error);

  if (confab_own_voice_owns_source (self->voice, from))
    {
      lack (self, CONFAB_DEVICE_KIND_MICROPHONE, missing);
    }
  else if (confab_own_picture_owns_source (self->picture, from))
    {
      lose_picture (self, error);
    }
  else if (confab_playback_owns (self->playback, from))
    {
      lack (self, CONFAB_DEVICE_KIND_SPEAKER, missing);
    }
  else if (confab_own_voice_owns (self->voice, from))
    {
      set_missing (self, CONFAB_DEVICE_KIND_MICROPHONE, missing);
    }
  else if (confab_own_picture_owns (self->picture, from))
    {
      set_missing (self, CONFAB_DEVICE_KIND_CAMERA, missing);
    }
  else
    {
      return FALSE;
    }

  return TRUE;
}

/* Why a device that is wanted does not work; CONFAB_MISSING_NONE when it does. */
ConfabMissing
confab_device_use_get_missing (ConfabDeviceUse  *self,
                               ConfabDeviceKind  kind)
{
  return self->missing[kind];
}

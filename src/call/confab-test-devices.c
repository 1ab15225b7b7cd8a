/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-test-devices"

#include "config.h"

#include "confab-devices-private.h"

#include "confab-test-picture-private.h"

#include <string.h>

#define N_KINDS 3u
/* A device for each kind, and a second camera, which is there where the first one was at first. */
#define SECOND_CAMERA N_KINDS
#define N_DEVICES (N_KINDS + 1)
#define FIRST_TONE_HZ 440u
#define NEXT_TONE_HZ 130u
#define N_TONES 4u
/* A voice has pauses: what is always the same is noise, and taken out. */
#define BEEP_MS 300u
#define BEEP_EVERY_MS 500u
#define DEFAULT_PICTURE 0x3584e4u /* blue */

/* What $CONFAB_CALL_DEVICES says: `test`, and words behind it. */
typedef struct {
  gboolean  wanted;
  gboolean  small;          /* a picture that costs little time to code */
  gboolean  busy;           /* a picture that takes all the bits it can get */
  gboolean  screen;         /* there is one */
  gboolean  plain;          /* a picture without the time in it, for the eye */
  gboolean  without[N_KINDS];
  guint     tone_hz;        /* 0: each microphone has another one */
  guint     picture_rgb;
  guint     second_rgb;     /* 0: there is no second camera */
  char     *speaker_file;
  char     *unplugged_file; /* names what is unplugged now */
  GMappedFile *film;        /* YUV4MPEG2 with pictures as large as the camera's, or NULL */
} TestOptions;

static const char *const without_words[N_KINDS] = { "no-microphone", "no-speaker", "no-camera" };

static TestOptions options;
static gint n_open;   /* atomic: streaming threads let go of elements as well */

static void
parse_word (const char *word)
{
  const char *value = strchr (word, '=');

  value = value ? value + 1 : "";
  for (guint kind = 0; kind < N_KINDS; kind++)
    options.without[kind] |= g_str_equal (word, without_words[kind]);
  if (g_str_equal (word, "small"))
    options.small = TRUE;
  else if (g_str_equal (word, "busy"))
    options.busy = TRUE;
  else if (g_str_equal (word, "screen"))
    options.screen = TRUE;
  else if (g_str_equal (word, "plain"))
    options.plain = TRUE;
  else if (g_str_has_prefix (word, "tone="))
    options.tone_hz = (guint) CLAMP (g_ascii_strtoull (value, NULL, 10), 20, 20000);
  else if (g_str_has_prefix (word, "picture="))
    options.picture_rgb = (guint) g_ascii_strtoull (value, NULL, 16) & 0xffffff;
  else if (g_str_has_prefix (word, "second-picture="))
    options.second_rgb = (guint) g_ascii_strtoull (value, NULL, 16) & 0xffffff;
  else if (g_str_has_prefix (word, "speaker-file="))
    options.speaker_file = g_strdup (value);
  else if (g_str_has_prefix (word, "unplugged-file="))
    options.unplugged_file = g_strdup (value);
  else if (g_str_has_prefix (word, "film="))
    options.film = g_mapped_file_new (value, FALSE, NULL);
}

static void
read_options (void)
{
  g_auto(GStrv) words = g_strsplit (g_getenv ("CONFAB_CALL_DEVICES") ?: "", ",", -1);

  options.picture_rgb = DEFAULT_PICTURE;
  options.wanted = g_strcmp0 (words[0], "test") == 0;
  for (guint i = 1; options.wanted && words[i]; i++)
    parse_word (words[i]);
}

/* The device of each kind: a tone, a place for sound to go, and a moving picture. GStreamer finds
 * them through a provider like all others, so that a call with them is a call. */
struct _ConfabTestDevice
{
  GstDevice        parent_instance;

  ConfabDeviceKind kind;
  guint            picture_rgb;
};

#define CONFAB_TYPE_TEST_DEVICE (confab_test_device_get_type ())
G_DECLARE_FINAL_TYPE (ConfabTestDevice, confab_test_device, CONFAB, TEST_DEVICE, GstDevice)
G_DEFINE_FINAL_TYPE (ConfabTestDevice, confab_test_device, GST_TYPE_DEVICE)

/* Two people in one process with the same tone would be each other's echo, and be silenced. */
static guint
pick_tone_hz (void)
{
  static guint n_microphones = 0;

  return options.tone_hz > 0 ? options.tone_hz
                             : FIRST_TONE_HZ + NEXT_TONE_HZ * (n_microphones++ % N_TONES);
}

static GstElement *
create_microphone (void)
{
  GstElement *source = gst_element_factory_make ("audiotestsrc", NULL);
  guint tone_hz = pick_tone_hz ();

  if (!source)
    return NULL;

  gst_util_set_object_arg (G_OBJECT (source), "wave", "ticks");
  g_object_set (source, "is-live", TRUE, "freq", (double) tone_hz, "volume", 0.3,
                "samplesperbuffer", 480, "tick-interval", (guint64) BEEP_EVERY_MS * GST_MSECOND,
                "sine-periods-per-tick", MAX (tone_hz * BEEP_MS / 1000, 1), "apply-tick-ramp",
                TRUE, NULL);

  return source;
}

static GstElement *
create_speaker (void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *quoted = NULL;
  g_autofree char *description = NULL;

  if (!options.speaker_file)
    {
      GstElement *sink = gst_element_factory_make ("fakesink", NULL);

      if (sink)
        g_object_set (sink, "sync", TRUE, "async", FALSE, NULL);

      return sink;
    }

  quoted = g_strescape (options.speaker_file, NULL);
  description = g_strdup_printf ("audioconvert ! audio/x-raw,format=S16LE,channels=1,rate=48000 ! "
                                 "filesink sync=true async=false buffer-mode=unbuffered "
                                 "location=\"%s\"", quoted);

  return gst_parse_bin_from_description_full (description, TRUE, NULL,
                                              GST_PARSE_FLAG_NO_SINGLE_ELEMENT_BINS, &error);
}

/* Puts the film's next picture in the place of what was drawn, over and over. */
static void
show_film (GstBuffer *buffer)
{
  const char *film = g_mapped_file_get_contents (options.film);
  gsize length = g_mapped_file_get_length (options.film);
  const char *line_end = memchr (film, '\n', length);
  gsize head = line_end ? (gsize) (line_end - film) + 1 : length;
  gsize size = gst_buffer_get_size (buffer), each = strlen ("FRAME\n") + size;
  guint64 n_pictures = (length - head) / each;

  if (n_pictures > 0)
    gst_buffer_fill (buffer, 0,
                     film + head + GST_BUFFER_OFFSET (buffer) % n_pictures * each + each - size,
                     size);
}

static GstPadProbeReturn
camera_buffer_cb (GstPad          *pad,
                  GstPadProbeInfo *info,
                  gpointer         user_data)
{
  GstBuffer *buffer = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  g_autoptr(GstCaps) caps = gst_pad_get_current_caps (pad);

  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  if (options.film)
    show_film (buffer);
  else if (caps)
    confab_test_picture_stamp (buffer, caps, g_get_monotonic_time () / 1000);

  return GST_PAD_PROBE_OK;
}

static GstElement *
create_picture (guint rgb)
{
  GstElement *source = gst_element_factory_make ("videotestsrc", NULL);
  g_autoptr(GstPad) pad = NULL;

  if (!source)
    return NULL;

  gst_util_set_object_arg (G_OBJECT (source), "pattern",
                           options.film ? "black" : options.busy ? "zone-plate" : "ball");
  gst_util_set_object_arg (G_OBJECT (source), "motion", "wavy");
  if (options.busy)
    g_object_set (source, "kx2", 4, "ky2", 4, "kt", 3, NULL);
  g_object_set (source, "is-live", TRUE, "foreground-color", 0xff000000u | rgb,
                "background-color", options.plain ? 0xff3d5a80u : 0xff202020u, NULL);
  pad = gst_element_get_static_pad (source, "src");
  if (!options.plain)
    gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, camera_buffer_cb, NULL, NULL);

  return source;
}

/* Larger than the camera's picture. */
GstElement *
confab_test_devices_make_screen (void)
{
  GstElement *screen, *source, *filter;
  g_autoptr(GstCaps) caps =
    gst_caps_from_string ("video/x-raw,width=960,height=600,framerate=15/1");
  g_autoptr(GstPad) output = NULL;

  if (!confab_test_devices_register () || !options.screen)
    return NULL;

  screen = gst_bin_new (NULL);
  source = create_picture (options.picture_rgb);
  filter = gst_element_factory_make ("capsfilter", NULL);
  g_object_set (filter, "caps", caps, NULL);
  gst_bin_add_many (GST_BIN (screen), source, filter, NULL);
  gst_element_link (source, filter);
  output = gst_element_get_static_pad (filter, "src");
  gst_element_add_pad (screen, gst_ghost_pad_new ("src", output));

  return screen;
}

static GstElement *
create (ConfabTestDevice *self)
{
  switch (self->kind)
    {
    case CONFAB_DEVICE_KIND_MICROPHONE:
      return create_microphone ();
    case CONFAB_DEVICE_KIND_SPEAKER:
      return create_speaker ();
    case CONFAB_DEVICE_KIND_CAMERA:
      return create_picture (self->picture_rgb);
    }

  g_assert_not_reached ();
}

static void
gone_cb (gpointer  data,
         GObject  *where)
{
  g_atomic_int_add (&n_open, -1);
}

static GstElement *
confab_test_device_create_element (GstDevice  *device,
                                   const char *name)
{
  GstElement *element = create (CONFAB_TEST_DEVICE (device));

  if (element)
    {
      g_atomic_int_inc (&n_open);
      g_object_weak_ref (G_OBJECT (element), gone_cb, NULL);
    }

  return element;
}

static void
confab_test_device_class_init (ConfabTestDeviceClass *klass)
{
  GST_DEVICE_CLASS (klass)->create_element = confab_test_device_create_element;
}

static void
confab_test_device_init (ConfabTestDevice *self)
{
}

#define CAMERA_CLASSES "Video/Source/" CONFAB_TEST_DEVICE_CLASS
#define CAMERA_CAPS \
        "video/x-raw,format=I420,width=640,height=480,framerate=30/1;" \
        "video/x-raw,format=I420,width=1280,height=720,framerate=30/1"
#define SMALL_CAMERA_CAPS "video/x-raw,format=I420,width=320,height=240,framerate=15/1"

static GstDevice *
test_device_new (guint place)
{
  static const struct {
    ConfabDeviceKind kind;
    const char *id, *name, *classes, *caps;
  } table[N_DEVICES] = {
    { CONFAB_DEVICE_KIND_MICROPHONE, "tone", "Test tone", "Audio/Source/" CONFAB_TEST_DEVICE_CLASS,
      "audio/x-raw,rate=48000,channels=1" },
    { CONFAB_DEVICE_KIND_SPEAKER, "silence", "Test speaker", "Audio/Sink/" CONFAB_TEST_DEVICE_CLASS,
      "audio/x-raw" },
    { CONFAB_DEVICE_KIND_CAMERA, "ball", "Test picture", CAMERA_CLASSES, CAMERA_CAPS },
    { CONFAB_DEVICE_KIND_CAMERA, "second-ball", "Second test picture", CAMERA_CLASSES,
      CAMERA_CAPS },
  };
  ConfabDeviceKind kind = table[place].kind;
  g_autoptr(GstCaps) caps =
    gst_caps_from_string (options.small && kind == CONFAB_DEVICE_KIND_CAMERA
                            ? SMALL_CAMERA_CAPS
                            : table[place].caps);
  g_autoptr(GstStructure) details =
    gst_structure_new ("confab-test", "confab.id", G_TYPE_STRING, table[place].id,
                       "is-default", G_TYPE_BOOLEAN, place != SECOND_CAMERA, NULL);
  ConfabTestDevice *self =
    g_object_new (CONFAB_TYPE_TEST_DEVICE, "display-name", table[place].name, "device-class",
                  table[place].classes, "caps", caps, "properties", details, NULL);

  self->kind = kind;
  self->picture_rgb = place == SECOND_CAMERA ? options.second_rgb : options.picture_rgb;

  return GST_DEVICE (self);
}

struct _ConfabTestProvider
{
  GstDeviceProvider  parent_instance;

  GstDevice         *devices[N_DEVICES];  /* owned by the parent; NULL while unplugged */
};

#define CONFAB_TYPE_TEST_PROVIDER (confab_test_provider_get_type ())
G_DECLARE_FINAL_TYPE (ConfabTestProvider, confab_test_provider, CONFAB, TEST_PROVIDER,
                      GstDeviceProvider)
G_DEFINE_FINAL_TYPE (ConfabTestProvider, confab_test_provider, GST_TYPE_DEVICE_PROVIDER)

static void
plug_in (ConfabTestProvider *self,
         guint               place)
{
  if (self->devices[place])
    return;

  self->devices[place] = test_device_new (place);
  gst_device_provider_device_add (GST_DEVICE_PROVIDER (self), self->devices[place]);
}

static void
plug_out (ConfabTestProvider *self,
          guint               place)
{
  GstDevice *device = g_steal_pointer (&self->devices[place]);

  if (device)
    gst_device_provider_device_remove (GST_DEVICE_PROVIDER (self), device);
}

static gboolean
confab_test_provider_start (GstDeviceProvider *provider)
{
  for (guint kind = 0; kind < N_KINDS; kind++)
    if (!options.without[kind])
      plug_in (CONFAB_TEST_PROVIDER (provider), kind);
  if (options.second_rgb && !options.without[CONFAB_DEVICE_KIND_CAMERA])
    plug_in (CONFAB_TEST_PROVIDER (provider), SECOND_CAMERA);

  return TRUE;
}

static void
confab_test_provider_stop (GstDeviceProvider *provider)
{
  for (guint place = 0; place < N_DEVICES; place++)
    plug_out (CONFAB_TEST_PROVIDER (provider), place);
}

static void
confab_test_provider_class_init (ConfabTestProviderClass *klass)
{
  GstDeviceProviderClass *provider_class = GST_DEVICE_PROVIDER_CLASS (klass);

  provider_class->start = confab_test_provider_start;
  provider_class->stop = confab_test_provider_stop;
  gst_device_provider_class_set_static_metadata (provider_class, "Test devices of Confab",
                                                 "Source/Sink/Audio/Video/"
                                                 CONFAB_TEST_DEVICE_CLASS,
                                                 "A tone, a moving picture, a place for sound",
                                                 "Confab");
}

static void
confab_test_provider_init (ConfabTestProvider *self)
{
}

/* Another program unplugs, by writing down what. */
static void
unplugged_cb (void)
{
  g_autofree char *text = NULL;

  if (!g_file_get_contents (options.unplugged_file, &text, NULL, NULL))
    return;

  for (guint kind = 0; kind < N_KINDS; kind++)
    confab_test_devices_set_plugged ((ConfabDeviceKind) kind, !strstr (text, without_words[kind]));
}

static void
watch_unplugged (void)
{
  g_autoptr(GFile) file = g_file_new_for_path (options.unplugged_file);
  /* Lives as long as the program. */
  GFileMonitor *monitor = g_file_monitor_file (file, G_FILE_MONITOR_NONE, NULL, NULL);

  g_signal_connect_swapped (monitor, "changed", G_CALLBACK (unplugged_cb), NULL);
}

gboolean
confab_test_devices_register (void)
{
  static gsize once = 0;

  if (g_once_init_enter (&once))
    {
      read_options ();
      if (options.wanted)
        gst_device_provider_register (NULL, "confabtestprovider", GST_RANK_PRIMARY,
                                      CONFAB_TYPE_TEST_PROVIDER);
      if (options.unplugged_file)
        watch_unplugged ();
      g_once_init_leave (&once, 1);
    }

  return options.wanted;
}

ConfabDevice *
confab_test_devices_make (ConfabDeviceKind kind)
{
  g_autoptr(GstDevice) device = NULL;

  confab_test_devices_register ();
  device = gst_object_ref_sink (test_device_new (kind));

  return confab_device_new (device);
}

void
confab_test_devices_set_plugged (ConfabDeviceKind kind,
                                 gboolean         plugged)
{
  /* GStreamer has one provider of a type in a process. */
  g_autoptr(GstDeviceProvider) provider =
    gst_device_provider_factory_get_by_name ("confabtestprovider");

  g_assert (provider != NULL);

  if (plugged)
    plug_in (CONFAB_TEST_PROVIDER (provider), kind);
  else
    plug_out (CONFAB_TEST_PROVIDER (provider), kind);
}

guint
confab_test_devices_count_open (void)
{
  return (guint) g_atomic_int_get (&n_open);
}

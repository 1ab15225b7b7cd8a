/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd"

#include "config.h"

#include "confabd-config.h"

#include "wire-names.h"

#include <gio/gio.h>
#include <string.h>

#define GROUP       "confabd"
#define MAX_THREADS 64
#define MAX_RATE    1000000
#define MAX_WAIT_MS (60 * 60 * 1000)

/* Every key of the file is also a flag, and this is the one list of both. */
typedef enum {
  KEY_LISTEN,
  KEY_DATA,
  KEY_NAME,
  KEY_SERVICE,
  KEY_REGISTRATION,
  KEY_INVITE,
  KEY_PUBLIC_URL,
  KEY_TLS_CERT,
  KEY_TLS_KEY,
  KEY_ALLOW_ORIGIN,
  KEY_ADMIN,
  KEY_PUSH_CONTACT,
  KEY_PUSH_NETWORK,
  KEY_STUN_URI,
  KEY_TURN_URI,
  KEY_TURN_SECRET_FILE,
  KEY_PING_INTERVAL,
  KEY_PING_TIMEOUT,
  KEY_CONNECT_TIMEOUT,
  KEY_THREADS,
  KEY_FRAMES_PER_SECOND,
  KEY_FRAMES_BURST,
  KEY_METRICS,
  KEY_LOG_LEVEL,
  KEY_TRACE_FRAMES,
  KEY_EXIT_WITH_PARENT,
  N_KEYS
} Key;

typedef enum {
  TYPE_TEXT,
  TYPE_LIST,
  TYPE_FLAG,
} KeyType;

typedef struct
{
  const char *name;
  KeyType     type;
  const char *help;
  const char *placeholder;
} KeyInfo;

static const KeyInfo keys[N_KEYS] = {
  [KEY_LISTEN] = {
    "listen", TYPE_LIST,
    "Listen there, such as 127.0.0.1:8440 or [::]:8440 (may be given again)", "ADDRESS",
  },
  [KEY_DATA] = {
    "data", TYPE_TEXT,
    "Keep everything in this directory", "DIR",
  },
  [KEY_NAME] = {
    "name", TYPE_TEXT,
    "What the space is called", "TEXT",
  },
  [KEY_SERVICE] = {
    "service", TYPE_TEXT,
    "The id of the space; made up when the data directory is new, if not given", "ID",
  },
  [KEY_REGISTRATION] = {
    "registration", TYPE_TEXT,
    "Who may sign up: open, invite or closed", "WHO",
  },
  [KEY_INVITE] = {
    "invite", TYPE_TEXT,
    "The code that people who are invited sign up with", "CODE",
  },
  [KEY_PUBLIC_URL] = {
    "public-url", TYPE_TEXT,
    "How clients call this server, if a proxy stands before it", "URL",
  },
  [KEY_TLS_CERT] = {
    "tls-cert", TYPE_TEXT,
    "Certificate chain, PEM", "FILE",
  },
  [KEY_TLS_KEY] = {
    "tls-key", TYPE_TEXT,
    "Its key, PEM", "FILE",
  },
  [KEY_ALLOW_ORIGIN] = {
    "allow-origin", TYPE_LIST,
    "Pages from there may connect; * for any (may be given again)", "ORIGIN",
  },
  [KEY_ADMIN] = {
    "admin", TYPE_LIST,
    "The user of this name may notify everybody (may be given again)", "NAME",
  },
  [KEY_PUSH_CONTACT] = {
    "push-contact", TYPE_TEXT,
    "How a push service reaches you, such as mailto:admin@example.org", "URI",
  },
  [KEY_PUSH_NETWORK] = {
    "push-network", TYPE_LIST,
    "Push services may be in this network, such as 10.0.0.0/8 (may be given again)", "NETWORK",
  },
  [KEY_STUN_URI] = {
    "stun-uri", TYPE_LIST,
    "Calls ask there for their public address: stun:HOST:PORT (may be given again)", "URI",
  },
  [KEY_TURN_URI] = {
    "turn-uri", TYPE_LIST,
    "Calls are relayed there: turn:HOST:PORT?transport=udp, turns:… (may be given again)", "URI",
  },
  [KEY_TURN_SECRET_FILE] = {
    "turn-secret-file", TYPE_TEXT,
    "The secret that is shared with these relays (static-auth-secret of coturn)", "FILE",
  },
  [KEY_PING_INTERVAL] = {
    "socket-io-ping-interval", TYPE_TEXT,
    "How often Socket.IO clients are pinged, in milliseconds", "MS",
  },
  [KEY_PING_TIMEOUT] = {
    "socket-io-ping-timeout", TYPE_TEXT,
    "How long they may take to answer a ping", "MS",
  },
  [KEY_CONNECT_TIMEOUT] = {
    "socket-io-connect-timeout", TYPE_TEXT,
    "How long they may take to say who they are", "MS",
  },
  [KEY_THREADS] = {
    "threads", TYPE_TEXT,
    "Hub threads; one for each core if not given", "N",
  },
  [KEY_FRAMES_PER_SECOND] = {
    "frames-per-second", TYPE_TEXT,
    "How many frames a client may send on average", "N",
  },
  [KEY_FRAMES_BURST] = {
    "frames-burst", TYPE_TEXT,
    "How many frames a client may send at once", "N",
  },
  [KEY_METRICS] = {
    "metrics", TYPE_TEXT,
    "Who may read /metrics: loopback or all", "WHO",
  },
  [KEY_LOG_LEVEL] = {
    "log-level", TYPE_TEXT,
    "The least to be logged: error, warning, info or debug", "LEVEL",
  },
  [KEY_TRACE_FRAMES] = {
    "trace-frames", TYPE_TEXT,
    "Write all that passes over WebSockets, tokens too, to this file", "FILE",
  },
  [KEY_EXIT_WITH_PARENT] = {
    "exit-with-parent", TYPE_FLAG,
    "Stop when the process that started this one ends", NULL,
  },
};

/* What was said for a key, in text. */
typedef struct
{
  char     *texts[N_KEYS];
  GStrv     lists[N_KEYS];
  gboolean  flags[N_KEYS];
} Said;

static void
said_clear (Said *said)
{
  for (guint i = 0; i < N_KEYS; i++)
    {
      g_free (said->texts[i]);
      g_strfreev (said->lists[i]);
    }
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Said, said_clear)

static GOptionEntry
make_entry (Key   key,
            Said *said)
{
  const KeyInfo *info = &keys[key];
  GOptionEntry entry = {
    .long_name = info->name,
    .arg = G_OPTION_ARG_STRING,
    .arg_data = &said->texts[key],
    .description = info->help,
    .arg_description = info->placeholder,
  };

  switch (info->type)
    {
    case TYPE_TEXT:
      break;

    case TYPE_LIST:
      entry.arg = G_OPTION_ARG_STRING_ARRAY;
      entry.arg_data = &said->lists[key];
      break;

    case TYPE_FLAG:
      entry.arg = G_OPTION_ARG_NONE;
      entry.arg_data = &said->flags[key];
      break;
    }

  return entry;
}

static gboolean
parse_command_line (Said       *said,
                    char      **config_path,
                    gboolean   *show_version,
                    int        *argc,
                    char     ***argv,
                    GError    **error)
{
  GOptionEntry entries[N_KEYS + 3] = {
    { "config", 0, 0, G_OPTION_ARG_FILENAME, config_path, "Read this configuration file", "FILE" },
    { "version", 0, 0, G_OPTION_ARG_NONE, show_version, "Show the version and exit", NULL },
  };
  g_autoptr(GOptionContext) context = g_option_context_new ("- the Confab server");

  for (guint i = 0; i < N_KEYS; i++)
    entries[2 + i] = make_entry (i, said);

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;

  if (*argc > 1)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION, "%s is not understood",
                   (*argv)[1]);
      return FALSE;
    }

  return TRUE;
}

static gboolean
find_key (const char *name,
          Key        *key)
{
  for (guint i = 0; i < N_KEYS; i++)
    if (g_str_equal (keys[i].name, name))
      {
        *key = i;
        return TRUE;
      }

  return FALSE;
}

/* The command line wins. */
static gboolean
take_from_file (GKeyFile    *file,
                const char  *name,
                Said        *said,
                GError     **error)
{
  g_autoptr(GError) wrong = NULL;
  Key key;

  if (!find_key (name, &key))
    {
      g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_KEY_NOT_FOUND, "there is no key “%s”",
                   name);
      return FALSE;
    }

  switch (keys[key].type)
    {
    case TYPE_TEXT:
      if (!said->texts[key])
        said->texts[key] = g_key_file_get_string (file, GROUP, name, &wrong);
      break;

    case TYPE_LIST:
      if (!said->lists[key])
        said->lists[key] = g_key_file_get_string_list (file, GROUP, name, NULL, &wrong);
      break;

    case TYPE_FLAG:
      said->flags[key] = said->flags[key] || g_key_file_get_boolean (file, GROUP, name, &wrong);
      break;
    }

  if (!wrong)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&wrong));

  return FALSE;
}

static gboolean
read_file (const char  *path,
           Said        *said,
           GError     **error)
{
  g_autoptr(GKeyFile) file = g_key_file_new ();
  g_autoptr(GError) wrong = NULL;
  g_autofree char *text = NULL;
  gsize length = 0;
  g_auto(GStrv) groups = NULL;
  g_auto(GStrv) names = NULL;

  /* A file of zeros, which is what a crash may leave of one, would count as empty. */
  if (g_file_get_contents (path, &text, &length, &wrong) && memchr (text, '\0', length))
    g_set_error_literal (&wrong, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_PARSE, "it is damaged");

  if (!wrong && g_key_file_load_from_data (file, text, length, G_KEY_FILE_NONE, &wrong))
    {
      groups = g_key_file_get_groups (file, NULL);
      for (gsize i = 0; groups[i] && !wrong; i++)
        if (!g_str_equal (groups[i], GROUP))
          g_set_error (&wrong, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_GROUP_NOT_FOUND,
                       "there is no group “%s”", groups[i]);

      names = g_key_file_get_keys (file, GROUP, NULL, NULL);
      for (gsize i = 0; names && names[i] && !wrong; i++)
        (void) take_from_file (file, names[i], said, &wrong);
    }

  if (!wrong)
    return TRUE;

  g_propagate_prefixed_error (error, g_steal_pointer (&wrong), "Configuration file %s: ", path);

  return FALSE;
}

typedef struct
{
  const char *name;
  int         value;
} Choice;

static const Choice registrations[] = {
  { "open", CONFABD_REGISTRATION_OPEN },
  { "invite", CONFABD_REGISTRATION_INVITE },
  { "closed", CONFABD_REGISTRATION_CLOSED },
  { NULL },
};

static const Choice log_levels[] = {
  { "error", G_LOG_LEVEL_CRITICAL },
  { "warning", G_LOG_LEVEL_WARNING },
  { "info", G_LOG_LEVEL_INFO },
  { "debug", G_LOG_LEVEL_DEBUG },
  { NULL },
};

static const Choice audiences[] = {
  { "loopback", FALSE },
  { "all", TRUE },
  { NULL },
};

static gboolean
refuse_choice (const Said    *said,
               Key            key,
               const Choice  *choices,
               GError       **error)
{
  g_autoptr(GString) names = g_string_new (choices[0].name);

  for (gsize i = 1; choices[i].name; i++)
    g_string_append_printf (names, choices[i + 1].name ? ", %s" : " or %s", choices[i].name);

  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s: “%s” is not %s",
               keys[key].name, said->texts[key], names->str);

  return FALSE;
}

static gboolean
choose (const Said    *said,
        Key            key,
        const Choice  *choices,
        int           *value,
        GError       **error)
{
  if (!said->texts[key])
    return TRUE;

  for (gsize i = 0; choices[i].name; i++)
    if (g_str_equal (choices[i].name, said->texts[key]))
      {
        *value = choices[i].value;
        return TRUE;
      }

  return refuse_choice (said, key, choices, error);
}

static gboolean
parse_number (const Said  *said,
              Key          key,
              guint        max,
              guint       *number,
              GError     **error)
{
  guint64 value;

  if (!said->texts[key])
    return TRUE;

  if (!g_ascii_string_to_unsigned (said->texts[key], 10, 1, max, &value, NULL))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "%s: “%s” is not a number from 1 to %u", keys[key].name, said->texts[key], max);
      return FALSE;
    }

  *number = value;

  return TRUE;
}

static gboolean
parse_choices (ConfabdConfig  *self,
               const Said     *said,
               GError        **error)
{
  int registration = CONFABD_REGISTRATION_OPEN;
  int log_level = G_LOG_LEVEL_INFO;
  int metrics = FALSE;

  if (!choose (said, KEY_REGISTRATION, registrations, &registration, error) ||
      !choose (said, KEY_LOG_LEVEL, log_levels, &log_level, error) ||
      !choose (said, KEY_METRICS, audiences, &metrics, error) ||
      !parse_number (said, KEY_PING_INTERVAL, MAX_WAIT_MS, &self->eio_ping_interval_ms, error) ||
      !parse_number (said, KEY_PING_TIMEOUT, MAX_WAIT_MS, &self->eio_ping_timeout_ms, error) ||
      !parse_number (said, KEY_CONNECT_TIMEOUT, MAX_WAIT_MS, &self->sio_connect_ms, error) ||
      !parse_number (said, KEY_THREADS, MAX_THREADS, &self->n_threads, error) ||
      !parse_number (said, KEY_FRAMES_PER_SECOND, MAX_RATE, &self->frames_per_second, error) ||
      !parse_number (said, KEY_FRAMES_BURST, MAX_RATE, &self->frames_burst, error))
    return FALSE;

  self->registration = registration;
  self->log_level = log_level;
  self->metrics_for_all = metrics;

  return TRUE;
}

static gboolean
complain (GError     **error,
          const char  *text)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, text);

  return FALSE;
}

/* What does not go together. */
static gboolean
check (const ConfabdConfig  *self,
       GError              **error)
{
  if (!self->tls_cert != !self->tls_key)
    return complain (error, "tls-cert and tls-key have to be given together");

  if (self->registration == CONFABD_REGISTRATION_INVITE && !(self->invite && self->invite[0]))
    return complain (error, "registration “invite” needs an invite code");

  if (self->public_url && !g_str_has_prefix (self->public_url, "http://") &&
      !g_str_has_prefix (self->public_url, "https://"))
    return complain (error, "public-url has to begin with http:// or https://");

  if (self->push_contact && !g_str_has_prefix (self->push_contact, "mailto:") &&
      !g_str_has_prefix (self->push_contact, "https:"))
    return complain (error, "push-contact has to begin with mailto: or https:");

  if (!g_utf8_validate (self->name, -1, NULL))
    return complain (error, "name has to be UTF-8");

  if (self->service &&
      strspn (self->service, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") !=
                       strlen (self->service))
    return complain (error, "service has to be of letters and digits");

  if (self->service && (strlen (self->service) < 8 || strlen (self->service) > 64))
    return complain (error, "service has to be of 8 to 64 characters");

  return TRUE;
}

/* Names are compared as they are stored. */
static gboolean
fold_admins (ConfabdConfig  *self,
             char          **names,
             GError        **error)
{
  g_autoptr(GStrvBuilder) folded = g_strv_builder_new ();

  for (gsize i = 0; names && names[i]; i++)
    {
      char *name = wire_name_fold_user (names[i], NULL);

      if (!name)
        return complain (error, "admin has to be the name of a user");

      g_strv_builder_take (folded, name);
    }

  self->admins = g_strv_builder_end (folded);

  return TRUE;
}

static gboolean
read_turn_secret (ConfabdConfig  *self,
                  const char     *path,
                  GError        **error)
{
  if (!path)
    return TRUE;

  if (!g_file_get_contents (path, &self->turn_secret, NULL, error))
    {
      g_prefix_error (error, "turn-secret-file: ");
      return FALSE;
    }

  g_strstrip (self->turn_secret);
  if (!*self->turn_secret)
    return complain (error, "turn-secret-file is empty");

  return TRUE;
}

static gboolean
check_ice_uris (const ConfabdConfig  *self,
                GError              **error)
{
  for (guint i = 0; self->stun_uris && self->stun_uris[i]; i++)
    if (!g_str_has_prefix (self->stun_uris[i], "stun:"))
      return complain (error, "stun-uri has to begin with stun:");

  for (guint i = 0; self->turn_uris && self->turn_uris[i]; i++)
    if (!g_str_has_prefix (self->turn_uris[i], "turn:") &&
        !g_str_has_prefix (self->turn_uris[i], "turns:"))
      return complain (error, "turn-uri has to begin with turn: or turns:");

  if (!self->turn_secret != !(self->turn_uris && self->turn_uris[0]))
    return complain (error, "turn-uri and turn-secret-file have to be given together");

  return TRUE;
}

/**
 * confabd_config_new:
 * @argc: (inout): of main()
 * @argv: (inout): of main()
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): what was asked for
 */
ConfabdConfig *
confabd_config_new (int      *argc,
                    char   ***argv,
                    GError  **error)
{
  g_autoptr(ConfabdConfig) self = g_new0 (ConfabdConfig, 1);
  g_autofree char *path = NULL;
  g_auto(Said) said = { 0 };

  if (!parse_command_line (&said, &path, &self->show_version, argc, argv, error) ||
      (path && !read_file (path, &said, error)) || !parse_choices (self, &said, error) ||
      !fold_admins (self, said.lists[KEY_ADMIN], error) ||
      !read_turn_secret (self, said.texts[KEY_TURN_SECRET_FILE], error))
    return NULL;

  self->listen = g_steal_pointer (&said.lists[KEY_LISTEN]);
  self->allowed_origins = g_steal_pointer (&said.lists[KEY_ALLOW_ORIGIN]);
  self->push_networks = g_steal_pointer (&said.lists[KEY_PUSH_NETWORK]);
  self->stun_uris = g_steal_pointer (&said.lists[KEY_STUN_URI]);
  self->turn_uris = g_steal_pointer (&said.lists[KEY_TURN_URI]);
  self->push_contact = g_steal_pointer (&said.texts[KEY_PUSH_CONTACT]);
  self->data_dir = g_steal_pointer (&said.texts[KEY_DATA]);
  self->name = g_steal_pointer (&said.texts[KEY_NAME]);
  self->service = g_steal_pointer (&said.texts[KEY_SERVICE]);
  self->invite = g_steal_pointer (&said.texts[KEY_INVITE]);
  self->public_url = g_steal_pointer (&said.texts[KEY_PUBLIC_URL]);
  self->tls_cert = g_steal_pointer (&said.texts[KEY_TLS_CERT]);
  self->tls_key = g_steal_pointer (&said.texts[KEY_TLS_KEY]);
  self->trace_path = g_steal_pointer (&said.texts[KEY_TRACE_FRAMES]);
  self->exit_with_parent = said.flags[KEY_EXIT_WITH_PARENT];

  if (!self->name)
    self->name = g_strdup ("Confab");
  if (!self->data_dir)
    self->data_dir = g_build_filename (g_get_user_data_dir (), "confabd", NULL);

  return check (self, error) && check_ice_uris (self, error) ? g_steal_pointer (&self) : NULL;
}

void
confabd_config_free (ConfabdConfig *self)
{
  g_strfreev (self->listen);
  g_strfreev (self->allowed_origins);
  g_strfreev (self->admins);
  g_strfreev (self->push_networks);
  g_strfreev (self->stun_uris);
  g_strfreev (self->turn_uris);
  g_free (self->turn_secret);
  g_free (self->push_contact);
  g_free (self->data_dir);
  g_free (self->name);
  g_free (self->service);
  g_free (self->invite);
  g_free (self->public_url);
  g_free (self->tls_cert);
  g_free (self->tls_key);
  g_free (self->trace_path);
  g_free (self);
}

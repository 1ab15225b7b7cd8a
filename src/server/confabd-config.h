/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confabd-accounts.h"

#include <glib.h>

G_BEGIN_DECLS

/* How this server was told to be: the command line over the configuration file over the
 * defaults. */
typedef struct
{
  GStrv                listen;           /* empty: what systemd hands over, else the default */
  guint                n_handed_fds;     /* listening sockets from systemd; main() finds them */
  char                *data_dir;
  char                *name;
  char                *service;          /* NULL: the one that the data directory has */
  ConfabdRegistration  registration;
  char                *invite;
  char                *public_url;
  char                *tls_cert;
  char                *tls_key;
  GStrv                allowed_origins;
  GStrv                admins;           /* folded names of users */
  char                *push_contact;     /* a mailto: or https: URI, or NULL */
  GStrv                push_networks;    /* beside the public ones */
  GStrv                stun_uris;
  GStrv                turn_uris;
  char                *turn_secret;      /* NULL: no relays */
  guint                eio_ping_interval_ms; /* of Engine.IO; 0: the usual */
  guint                eio_ping_timeout_ms;
  guint                sio_connect_ms;
  guint                n_threads;        /* 0: one for each core */
  guint                frames_per_second; /* 0: as PROTOCOL.md says */
  guint                frames_burst;
  gboolean             metrics_for_all;
  char                *trace_path;       /* of frames, or NULL */
  GLogLevelFlags       log_level;        /* the least important that is written */
  gboolean             exit_with_parent;
  gboolean             show_version;
} ConfabdConfig;

ConfabdConfig *confabd_config_new  (int            *argc,
                                    char         ***argv,
                                    GError        **error);
void           confabd_config_free (ConfabdConfig  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfabdConfig, confabd_config_free)

G_END_DECLS

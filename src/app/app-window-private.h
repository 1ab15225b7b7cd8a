/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "app-space-page.h"
#include "app-window.h"

G_BEGIN_DECLS

/* What the two files of the window share. */
struct _AppWindow
{
  AdwApplicationWindow  parent_instance;

  ConfabProfile        *profile;
  AppHost              *host;
  AppAttention         *attention;
  AppCalls             *calls;
  GSettings            *settings;
  gboolean              loaded;
  /* Rooms that are left as soon as that cannot be undone any more. */
  guint                 n_leaving;
  gboolean              closing;

  /* Made when there is a space; until then NULL. */
  AppSpacePage         *space_page;

  AdwToastOverlay      *toasts;
  GtkStack             *pages;
  AdwBin               *welcome_slot;
  AdwBin               *space_slot;
  AdwStatusPage        *failed_page;
};

void app_window_install_actions (GtkWidgetClass *widget_class);
void app_window_enable_actions (AppWindow *self);
void app_window_set_session (AppWindow     *self,
                             ConfabSession *session);
void app_window_show_toast (AppWindow  *self,
                            const char *text);
void app_window_left_one (AppWindow *self);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "confab-devices.h"

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * ConfabCheckProblem:
 * @CONFAB_CHECK_PROBLEM_NONE: it works
 * @CONFAB_CHECK_PROBLEM_NO_DEVICE: there is no such device
 * @CONFAB_CHECK_PROBLEM_DEVICE_FAILED: the device does not work, is in use or not allowed
 * @CONFAB_CHECK_PROBLEM_NO_PLUGIN: GStreamer lacks a plugin
 * @CONFAB_CHECK_PROBLEM_BAD_URI: the address of the server makes no sense
 * @CONFAB_CHECK_PROBLEM_UNKNOWN_HOST: the server's name is not known
 * @CONFAB_CHECK_PROBLEM_NO_REPLY: the server does not answer
 * @CONFAB_CHECK_PROBLEM_REFUSED: the server does not accept user name and password
 * @CONFAB_CHECK_PROBLEM_NO_RELAY: the server has no relay to give
 * @CONFAB_CHECK_PROBLEM_NO_CONNECTION: the two ends of the trial call did not find each other
 * @CONFAB_CHECK_PROBLEM_SILENT: the trial call waited for a sound of the microphone in vain
 * @CONFAB_CHECK_PROBLEM_NO_SOUND: the trial call carried no sound
 * @CONFAB_CHECK_PROBLEM_NO_PICTURE: the trial call carried no picture
 *
 * What a check has found.
 */
typedef enum {
  CONFAB_CHECK_PROBLEM_NONE,
  CONFAB_CHECK_PROBLEM_NO_DEVICE,
  CONFAB_CHECK_PROBLEM_DEVICE_FAILED,
  CONFAB_CHECK_PROBLEM_NO_PLUGIN,
  CONFAB_CHECK_PROBLEM_BAD_URI,
  CONFAB_CHECK_PROBLEM_UNKNOWN_HOST,
  CONFAB_CHECK_PROBLEM_NO_REPLY,
  CONFAB_CHECK_PROBLEM_REFUSED,
  CONFAB_CHECK_PROBLEM_NO_RELAY,
  CONFAB_CHECK_PROBLEM_NO_CONNECTION,
  CONFAB_CHECK_PROBLEM_SILENT,
  CONFAB_CHECK_PROBLEM_NO_SOUND,
  CONFAB_CHECK_PROBLEM_NO_PICTURE,
} ConfabCheckProblem;

#define CONFAB_TYPE_CHECK_PROBLEM (confab_check_problem_get_type ())

CONFAB_EXPORT
GType confab_check_problem_get_type (void);

#define CONFAB_TYPE_CHECK_RESULT (confab_check_result_get_type ())

CONFAB_EXPORT
G_DECLARE_FINAL_TYPE (ConfabCheckResult, confab_check_result, CONFAB, CHECK_RESULT, GObject)

/**
 * confab_check_result_get_ok:
 * @self: a result
 *
 * Returns: whether what was checked works
 */
CONFAB_EXPORT
gboolean            confab_check_result_get_ok      (ConfabCheckResult *self);

/**
 * confab_check_result_get_problem:
 * @self: a result
 *
 * Returns: what is wrong
 */
CONFAB_EXPORT
ConfabCheckProblem  confab_check_result_get_problem (ConfabCheckResult *self);

/**
 * confab_check_result_get_subject:
 * @self: a result
 *
 * Returns: (transfer none) (nullable): what was checked, such as the address of a server
 */
CONFAB_EXPORT
const char         *confab_check_result_get_subject (ConfabCheckResult *self);

/**
 * confab_check_result_get_missing:
 * @self: a result of a trial call
 * @kind: microphone or camera
 *
 * Returns: why a tone or a test picture stood in for the device; %CONFAB_MISSING_NONE when it was
 *   the device that was tried
 */
CONFAB_EXPORT
ConfabMissing       confab_check_result_get_missing (ConfabCheckResult *self,
                                                     ConfabDeviceKind   kind);

/**
 * confab_check_result_get_sentence:
 * @self: a result
 *
 * Returns: (transfer none): what was found, in a plain English sentence
 */
CONFAB_EXPORT
const char         *confab_check_result_get_sentence (ConfabCheckResult *self);

#define CONFAB_TYPE_CALL_CHECK (confab_call_check_get_type ())

CONFAB_EXPORT
G_DECLARE_FINAL_TYPE (ConfabCallCheck, confab_call_check, CONFAB, CALL_CHECK, GObject)

/**
 * confab_call_check_new:
 * @devices: what to check
 *
 * Opens nothing yet. #ConfabCallCheck:level, 0 to 1, is how loud the microphone is while it is
 * started.
 *
 * Returns: (transfer full): a check
 */
CONFAB_EXPORT
ConfabCallCheck    *confab_call_check_new              (ConfabDevices        *devices);

/**
 * confab_call_check_start_microphone:
 * @self: a check
 *
 * Opens the microphone. Nobody hears it.
 */
CONFAB_EXPORT
void                confab_call_check_start_microphone (ConfabCallCheck      *self);

/**
 * confab_call_check_stop_microphone:
 * @self: a check
 *
 * Closes the microphone.
 */
CONFAB_EXPORT
void                confab_call_check_stop_microphone  (ConfabCallCheck      *self);

/**
 * confab_call_check_get_level:
 * @self: a check
 *
 * Returns: how loud the microphone is, 0 (silence) to 1
 */
CONFAB_EXPORT
double              confab_call_check_get_level        (ConfabCallCheck      *self);

/**
 * confab_call_check_get_missing:
 * @self: a check
 * @kind: a device
 *
 * #ConfabCallCheck::missing-changed tells when it is another one.
 *
 * Returns: why the device does not work that was started
 */
CONFAB_EXPORT
ConfabMissing       confab_call_check_get_missing      (ConfabCallCheck      *self,
                                                        ConfabDeviceKind      kind);

/**
 * confab_call_check_set_camera_sink:
 * @self: a check
 * @sink: (nullable): an element with one sink pad for raw video; %NULL closes the camera
 *
 * Opens the camera and shows its picture.
 */
CONFAB_EXPORT
void                confab_call_check_set_camera_sink  (ConfabCallCheck      *self,
                                                        GstElement           *sink);

/**
 * confab_call_check_play_tone_async:
 * @self: a check
 * @cancellable: (nullable): ends it early
 * @callback: (scope async): called when it is over
 * @user_data: data for @callback
 *
 * Plays a tone of a second out of the speaker.
 */
CONFAB_EXPORT
void                confab_call_check_play_tone_async  (ConfabCallCheck      *self,
                                                        GCancellable         *cancellable,
                                                        GAsyncReadyCallback   callback,
                                                        gpointer              user_data);

/**
 * confab_call_check_play_tone_finish:
 * @self: a check
 * @result: of the call
 * @error: where to put an error
 *
 * Returns: (transfer full): whether the speaker took it; %NULL only when it was cancelled
 */
CONFAB_EXPORT
ConfabCheckResult  *confab_call_check_play_tone_finish (ConfabCallCheck      *self,
                                                        GAsyncResult         *result,
                                                        GError              **error);

/**
 * confab_call_check_probe_network_async:
 * @self: a check
 * @uris: (array zero-terminated=1): what is to be reached: `stun:HOST[:PORT]` and
 *   `turn:HOST[:PORT][?transport=udp|tcp]`, `turns:…` (RFC 7064, RFC 7065)
 * @user: (nullable): the name for the relays
 * @password: (nullable): and the password
 * @cancellable: (nullable): ends it early
 * @callback: (scope async): called when all have answered, or not
 * @user_data: data for @callback
 *
 * Asks each server for what a call would ask it: an address, or a relay.
 */
CONFAB_EXPORT
void                confab_call_check_probe_network_async  (ConfabCallCheck      *self,
                                                            const char *const    *uris,
                                                            const char           *user,
                                                            const char           *password,
                                                            GCancellable         *cancellable,
                                                            GAsyncReadyCallback   callback,
                                                            gpointer              user_data);

/**
 * confab_call_check_probe_network_finish:
 * @self: a check
 * @result: of the call
 * @error: where to put an error
 *
 * Returns: (transfer full): a list of #ConfabCheckResult, one for each address, in their
 *   order; %NULL only when it was cancelled
 */
CONFAB_EXPORT
GListModel         *confab_call_check_probe_network_finish (ConfabCallCheck      *self,
                                                            GAsyncResult         *result,
                                                            GError              **error);

/**
 * confab_call_check_loop_back_async:
 * @self: a check
 * @cancellable: (nullable): ends it early
 * @callback: (scope async): called when it is over
 * @user_data: data for @callback
 *
 * Makes a call from this computer to itself, through all that a call goes through but the server
 * and the network: capture, coding, encryption, transport, decoding. Microphone, camera and speaker
 * are those that a call would use; a tone and a test picture stand in for what is missing, which
 * confab_check_result_get_missing() tells. The microphone has to hear something. The other end
 * beeps. Stop the microphone and the camera before: some can be opened only once.
 */
CONFAB_EXPORT
void                confab_call_check_loop_back_async  (ConfabCallCheck      *self,
                                                        GCancellable         *cancellable,
                                                        GAsyncReadyCallback   callback,
                                                        gpointer              user_data);

/**
 * confab_call_check_loop_back_finish:
 * @self: a check
 * @result: of the call
 * @error: where to put an error
 *
 * Returns: (transfer full): what came through; %NULL only when it was cancelled
 */
CONFAB_EXPORT
ConfabCheckResult  *confab_call_check_loop_back_finish (ConfabCallCheck      *self,
                                                        GAsyncResult         *result,
                                                        GError              **error);

/**
 * confab_call_check_stop:
 * @self: a check
 *
 * Closes all that was started, and ends what still runs.
 */
CONFAB_EXPORT
void                confab_call_check_stop             (ConfabCallCheck      *self);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-check-result"

#include "config.h"

#include "confab-check-result-private.h"

/**
 * ConfabCheckResult:
 *
 * What a check has found. Immutable.
 */
struct _ConfabCheckResult
{
  GObject             parent_instance;

  ConfabCheckProblem  problem;
  char               *subject;
  char               *sentence;
  ConfabMissing       microphone;  /* of a trial call: why something stood in for it */
  ConfabMissing       camera;
};

G_DEFINE_FINAL_TYPE (ConfabCheckResult, confab_check_result, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (ConfabCheckProblem, confab_check_problem,
                    G_DEFINE_ENUM_VALUE (CONFAB_CHECK_PROBLEM_NONE, "none"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CHECK_PROBLEM_NO_DEVICE, "no-device"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CHECK_PROBLEM_DEVICE_FAILED, "device-failed"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CHECK_PROBLEM_NO_PLUGIN, "no-plugin"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CHECK_PROBLEM_BAD_URI, "bad-uri"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CHECK_PROBLEM_UNKNOWN_HOST, "unknown-host"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CHECK_PROBLEM_NO_REPLY, "no-reply"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CHECK_PROBLEM_REFUSED, "refused"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CHECK_PROBLEM_NO_RELAY, "no-relay"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CHECK_PROBLEM_NO_CONNECTION, "no-connection"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CHECK_PROBLEM_SILENT, "silent"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CHECK_PROBLEM_NO_SOUND, "no-sound"),
                    G_DEFINE_ENUM_VALUE (CONFAB_CHECK_PROBLEM_NO_PICTURE, "no-picture"))

static const char *const sentences[] = {
  [CONFAB_CHECK_PROBLEM_NONE] = "works.",
  [CONFAB_CHECK_PROBLEM_NO_DEVICE] = "is not there.",
  [CONFAB_CHECK_PROBLEM_DEVICE_FAILED] = "does not work, is in use, or may not be used.",
  [CONFAB_CHECK_PROBLEM_NO_PLUGIN] = "needs a GStreamer plugin that is missing.",
  [CONFAB_CHECK_PROBLEM_BAD_URI] = "is not the address of a STUN or TURN server.",
  [CONFAB_CHECK_PROBLEM_UNKNOWN_HOST] = "has a name that is not known.",
  [CONFAB_CHECK_PROBLEM_NO_REPLY] = "does not answer.",
  [CONFAB_CHECK_PROBLEM_REFUSED] = "does not accept the user name and password.",
  [CONFAB_CHECK_PROBLEM_NO_RELAY] = "answers, but has no relay to give.",
  [CONFAB_CHECK_PROBLEM_NO_CONNECTION] = "did not connect.",
  [CONFAB_CHECK_PROBLEM_SILENT] = "heard nothing from the microphone.",
  [CONFAB_CHECK_PROBLEM_NO_SOUND] = "carried no sound.",
  [CONFAB_CHECK_PROBLEM_NO_PICTURE] = "carried no picture.",
};

static void
confab_check_result_finalize (GObject *object)
{
  ConfabCheckResult *self = CONFAB_CHECK_RESULT (object);

  g_clear_pointer (&self->subject, g_free);
  g_clear_pointer (&self->sentence, g_free);

  G_OBJECT_CLASS (confab_check_result_parent_class)->finalize (object);
}

static void
confab_check_result_class_init (ConfabCheckResultClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confab_check_result_finalize;
}

static void
confab_check_result_init (ConfabCheckResult *self)
{
}

ConfabCheckResult *
confab_check_result_new (const char         *subject,
                         ConfabCheckProblem  problem)
{
  ConfabCheckResult *self = g_object_new (CONFAB_TYPE_CHECK_RESULT, NULL);

  self->problem = problem;
  self->subject = g_strdup (subject);
  self->sentence = g_strdup_printf ("%s %s", subject, sentences[problem]);

  return self;
}

static void
tell_stand_in (ConfabCheckResult *self,
               ConfabDeviceKind   kind,
               ConfabMissing      missing,
               const char        *stand_in)
{
  g_autofree char *sentence = g_steal_pointer (&self->sentence);
  g_autofree char *why = confab_devices_explain_missing (kind, missing);

  self->sentence = why ? g_strdup_printf ("%s %s %s stood in for it.", sentence, why, stand_in)
                       : g_steal_pointer (&sentence);
}

ConfabCheckResult *
confab_check_result_new_trial (ConfabCheckProblem problem,
                               ConfabMissing      microphone,
                               ConfabMissing      camera)
{
  ConfabCheckResult *self = confab_check_result_new ("The trial call", problem);

  self->microphone = microphone;
  self->camera = camera;
  tell_stand_in (self, CONFAB_DEVICE_KIND_MICROPHONE, microphone, "A tone");
  tell_stand_in (self, CONFAB_DEVICE_KIND_CAMERA, camera, "A test picture");

  return self;
}

ConfabMissing
confab_check_result_get_missing (ConfabCheckResult *self,
                                 ConfabDeviceKind   kind)
{
  g_return_val_if_fail (CONFAB_IS_CHECK_RESULT (self), CONFAB_MISSING_NONE);
  g_return_val_if_fail (kind != CONFAB_DEVICE_KIND_SPEAKER, CONFAB_MISSING_NONE);

  return kind == CONFAB_DEVICE_KIND_CAMERA ? self->camera : self->microphone;
}

gboolean
confab_check_result_get_ok (ConfabCheckResult *self)
{
  g_return_val_if_fail (CONFAB_IS_CHECK_RESULT (self), FALSE);

  return self->problem == CONFAB_CHECK_PROBLEM_NONE;
}

ConfabCheckProblem
confab_check_result_get_problem (ConfabCheckResult *self)
{
  g_return_val_if_fail (CONFAB_IS_CHECK_RESULT (self), CONFAB_CHECK_PROBLEM_NONE);

  return self->problem;
}

const char *
confab_check_result_get_subject (ConfabCheckResult *self)
{
  g_return_val_if_fail (CONFAB_IS_CHECK_RESULT (self), NULL);

  return self->subject;
}

const char *
confab_check_result_get_sentence (ConfabCheckResult *self)
{
  g_return_val_if_fail (CONFAB_IS_CHECK_RESULT (self), NULL);

  return self->sentence;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "app-call-problem.h"

static void
assert_trial (ConfabCheckProblem  problem,
              ConfabMissing       microphone,
              ConfabMissing       camera,
              const char         *expected)
{
  g_autofree char *text = app_call_problem_describe_trial (problem, microphone, camera);

  g_assert_cmpstr (text, ==, expected);
}

/* What was tried is said, and why it was not the device of the person. */
static void
test_trial (void)
{
  assert_trial (CONFAB_CHECK_PROBLEM_NONE, CONFAB_MISSING_NONE, CONFAB_MISSING_NONE,
                "Your voice and your picture came through.");
  assert_trial (CONFAB_CHECK_PROBLEM_NONE, CONFAB_MISSING_NONE, CONFAB_MISSING_NO_DEVICE,
                "Your voice and a test picture came through. There is no camera.");
  assert_trial (CONFAB_CHECK_PROBLEM_NONE, CONFAB_MISSING_BUSY, CONFAB_MISSING_LOST,
                "A test tone and a test picture came through. "
                "Another program uses the microphone. The camera was unplugged.");
  assert_trial (CONFAB_CHECK_PROBLEM_NO_SOUND, CONFAB_MISSING_NONE, CONFAB_MISSING_NO_DEVICE,
                "No sound came through. There is no camera.");
}

static void
test_tone_and_server (void)
{
  g_autofree char *tone = app_call_problem_describe_tone (CONFAB_CHECK_PROBLEM_NO_DEVICE);
  g_autofree char *server =
    app_call_problem_describe_server (CONFAB_CHECK_PROBLEM_NONE, "stun:example.org");

  g_assert_cmpstr (tone, ==, "There is no speaker.");
  g_assert_cmpstr (server, ==, "stun:example.org can be reached");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/call-problem/a-trial-says-what-it-used", test_trial);
  g_test_add_func ("/call-problem/tone-and-server-have-sentences", test_tone_and_server);

  return g_test_run ();
}

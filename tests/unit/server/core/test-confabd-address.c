/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "confabd-address.h"

#include "wire-error.h"

#define LOW  "00000000-0000-4000-8000-00000000000a"
#define HIGH "f0000000-0000-4000-8000-000000000001"

static BaseUuid
parse (const char *text)
{
  BaseUuid user_id = { { 0 } };

  g_assert_true (base_uuid_parse (&user_id, text, -1));

  return user_id;
}

static void
test_both_sides_of_a_direct_room_mean_the_same (void)
{
  BaseUuid low = parse (LOW);
  BaseUuid high = parse (HIGH);
  g_autofree char *from_low = confabd_address_make_key ("@" HIGH, &low, NULL);
  g_autofree char *from_high = confabd_address_make_key ("@" LOW, &high, NULL);
  g_autofree char *for_low = confabd_address_make_rid (from_low, &low);
  g_autofree char *for_high = confabd_address_make_rid (from_low, &high);

  g_assert_cmpstr (from_low, ==, "@" LOW ":" HIGH);
  g_assert_cmpstr (from_high, ==, from_low);
  g_assert_cmpstr (for_low, ==, "@" HIGH);
  g_assert_cmpstr (for_high, ==, "@" LOW);
  g_assert_cmpint (confabd_address_get_kind (from_low), ==, CONFABD_ROOM_DIRECT);
}

static void
test_room_with_oneself (void)
{
  BaseUuid low = parse (LOW);
  g_autofree char *key = confabd_address_make_key ("@" LOW, &low, NULL);
  g_autofree char *rid = confabd_address_make_rid (key, &low);
  BaseUuid users[2];

  g_assert_cmpstr (key, ==, "@" LOW ":" LOW);
  g_assert_cmpstr (rid, ==, "@" LOW);
  g_assert_true (confabd_address_get_users (key, users));
  g_assert_true (base_uuid_equal (&users[0], &users[1]));
}

static void
test_group_is_its_name (void)
{
  BaseUuid low = parse (LOW);
  g_autofree char *key = confabd_address_make_key ("Crêpes & more", &low, NULL);
  g_autofree char *rid = confabd_address_make_rid (key, &low);
  BaseUuid users[2];

  g_assert_cmpstr (key, ==, "Crêpes & more");
  g_assert_cmpstr (rid, ==, key);
  g_assert_cmpint (confabd_address_get_kind (key), ==, CONFABD_ROOM_GROUP);
  g_assert_false (confabd_address_get_users (key, users));
}

static void
test_what_names_no_room_is_refused (void)
{
  static const struct
  {
    const char *rid;
    WireError   code;
  } cases[] = {
    { NULL, WIRE_ERROR_INVALID_REQUEST },
    { "", WIRE_ERROR_INVALID_PARAMETER },
    { "@", WIRE_ERROR_INVALID_PARAMETER },
    { "@somebody", WIRE_ERROR_INVALID_PARAMETER },
    { "@" LOW "x", WIRE_ERROR_INVALID_PARAMETER },
    { "@" LOW ":" HIGH, WIRE_ERROR_INVALID_PARAMETER },
    { LOW, WIRE_ERROR_INVALID_PARAMETER },
    { "with\nline end", WIRE_ERROR_INVALID_PARAMETER },
  };
  BaseUuid low = parse (LOW);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *key = confabd_address_make_key (cases[i].rid, &low, &error);

      g_assert_null (key);
      g_assert_error (error, WIRE_ERROR, (int) cases[i].code);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/address/both-sides-of-a-direct-room-mean-the-same",
                   test_both_sides_of_a_direct_room_mean_the_same);
  g_test_add_func ("/core/address/room-with-oneself", test_room_with_oneself);
  g_test_add_func ("/core/address/group-is-its-name", test_group_is_its_name);
  g_test_add_func ("/core/address/what-names-no-room-is-refused",
                   test_what_names_no_room_is_refused);

  return g_test_run ();
}

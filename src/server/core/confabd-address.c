/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-address"

#include "config.h"

#include "confabd-address.h"

#include "wire-error.h"
#include "wire-names.h"

#include <string.h>

#define LOW_OFFSET  1
#define HIGH_OFFSET (LOW_OFFSET + BASE_UUID_STRING_LENGTH + 1)
#define KEY_LENGTH  (HIGH_OFFSET + BASE_UUID_STRING_LENGTH)

/**
 * confabd_address_make_key:
 * @rid: (nullable): as a client wrote it: the name of a group, or "@" and the id of a user
 * @asker: whose client it is
 * @error: return location for a %WIRE_ERROR
 *
 * Finds out which room a client means.
 *
 * Returns: (transfer full): the room's key, or %NULL if @rid names none
 */
char *
confabd_address_make_key (const char      *rid,
                          const BaseUuid  *asker,
                          GError         **error)
{
  BaseUuid other;

  if (!rid)
    {
      g_set_error_literal (error, WIRE_ERROR, WIRE_ERROR_INVALID_REQUEST, "“rid” is missing");
      return NULL;
    }

  if (rid[0] != '@')
    return wire_name_check_group (rid, error) ? g_strdup (rid) : NULL;

  if (!base_uuid_parse (&other, rid + 1, -1))
    {
      g_set_error_literal (error, WIRE_ERROR, WIRE_ERROR_INVALID_PARAMETER,
                           "“rid” should be the name of a group, or “@” and a user id");
      return NULL;
    }

  return confabd_address_make_direct (asker, &other);
}

/**
 * confabd_address_make_direct:
 * @one: a user
 * @other: another, or the same
 *
 * Returns: (transfer full): the key of their direct room
 */
char *
confabd_address_make_direct (const BaseUuid *one,
                             const BaseUuid *other)
{
  gboolean ordered = memcmp (one->bytes, other->bytes, sizeof one->bytes) <= 0;
  char *key = g_malloc (KEY_LENGTH + 1);

  key[0] = '@';
  base_uuid_format (ordered ? one : other, key + LOW_OFFSET);
  key[HIGH_OFFSET - 1] = ':';
  base_uuid_format (ordered ? other : one, key + HIGH_OFFSET);

  return key;
}

/**
 * confabd_address_make_rid:
 * @key: the key of a room
 * @viewer: a user, one of the two if the room is direct
 *
 * Returns: (transfer full): how @viewer addresses the room
 */
char *
confabd_address_make_rid (const char     *key,
                          const BaseUuid *viewer)
{
  char text[1 + BASE_UUID_STRING_LENGTH + 1] = "@";
  BaseUuid users[2];

  if (!confabd_address_get_users (key, users))
    return g_strdup (key);

  base_uuid_format (base_uuid_equal (&users[0], viewer) ? &users[1] : &users[0], text + 1);

  return g_strdup (text);
}

/**
 * confabd_address_get_kind:
 * @key: the key of a room
 *
 * Returns: what kind of room it is of: no group's name begins with "@"
 */
ConfabdRoomKind
confabd_address_get_kind (const char *key)
{
  return key[0] == '@' ? CONFABD_ROOM_DIRECT : CONFABD_ROOM_GROUP;
}

/**
 * confabd_address_get_users:
 * @key: the key of a room
 * @users: (out caller-allocates) (array fixed-size=2): the two users, in byte order
 *
 * Returns: %FALSE, and leaves @users alone, if the room is a group
 */
gboolean
confabd_address_get_users (const char *key,
                           BaseUuid    users[2])
{
  if (key[0] != '@' || strlen (key) != KEY_LENGTH)
    return FALSE;

  return base_uuid_parse (&users[0], key + LOW_OFFSET, BASE_UUID_STRING_LENGTH) &&
         base_uuid_parse (&users[1], key + HIGH_OFFSET, BASE_UUID_STRING_LENGTH);
}

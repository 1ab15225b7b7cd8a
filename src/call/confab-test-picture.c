/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-test-picture"

#include "config.h"

#include "confab-test-picture-private.h"

#include <gst/video/video.h>

/* 16 cells across and 2 down at the upper edge. The first 24 are the low bits of the time,
 * the last 8 their check sum, by which a picture without a stamp is told. */
#define COLUMNS 16u
#define ROWS 2u
#define TIME_BITS 24u
#define CELL_HEIGHT_SHARE 12u

#define BLACK 16
#define WHITE 235

static guint
check_sum (guint bits)
{
  return ((bits ^ (bits >> 8) ^ (bits >> 16)) & 0xff) ^ 0x5a;
}

static guint
pick_cell_height (guint height)
{
  return MAX (height / CELL_HEIGHT_SHARE, 1);
}

/* The luma of a pixel's first component: Y, or of RGB the first colour, which is as bright. */
static guint8 *
pixel_at (GstVideoFrame *frame,
          guint          x,
          guint          y)
{
  guint8 *row = GST_VIDEO_FRAME_COMP_DATA (frame, 0);

  return row + y * (guint) GST_VIDEO_FRAME_COMP_STRIDE (frame, 0) +
         x * (guint) GST_VIDEO_FRAME_COMP_PSTRIDE (frame, 0);
}

static void
fill_cell (GstVideoFrame *frame,
           guint          left,
           guint          top,
           guint          width,
           guint          height,
           guint8         luma)
{
  for (guint y = top; y < top + height; y++)
    for (guint x = left; x < left + width; x++)
      *pixel_at (frame, x, y) = luma;
}

void
confab_test_picture_stamp (GstBuffer *buffer,
                           GstCaps   *caps,
                           gint64     at_ms)
{
  guint bits = (guint) (at_ms & ((1 << TIME_BITS) - 1));
  guint64 word = bits | ((guint64) check_sum (bits) << TIME_BITS);
  GstVideoInfo info;
  GstVideoFrame frame;
  guint width, height;

  if (!gst_video_info_from_caps (&info, caps) ||
      !gst_video_frame_map (&frame, &info, buffer, GST_MAP_READWRITE))
    return;

  width = (guint) info.width / COLUMNS;
  height = pick_cell_height ((guint) info.height);
  for (guint i = 0; i < COLUMNS * ROWS; i++)
    fill_cell (&frame, (i % COLUMNS) * width, (i / COLUMNS) * height, width, height,
               (word >> i) & 1 ? WHITE : BLACK);
  gst_video_frame_unmap (&frame);
}

/* The mean of the middle of a cell, because edges blur. */
static guint
measure_cell (GstVideoFrame *frame,
              guint          left,
              guint          top,
              guint          width,
              guint          height)
{
  guint sum = 0, n = 0;

  for (guint y = top + height / 4; y < top + MAX (height * 3 / 4, height / 4 + 1); y++)
    for (guint x = left + width / 4; x < left + MAX (width * 3 / 4, width / 4 + 1); x++, n++)
      sum += *pixel_at (frame, x, y);

  return sum / MAX (n, 1);
}

/**
 * confab_test_picture_read:
 * @buffer: a raw picture
 * @caps: its caps
 * @at_ms: (out): the lower 24 bits of the stamp, monotonic milliseconds
 *
 * Returns: whether the picture carries a stamp
 */
gboolean
confab_test_picture_read (GstBuffer *buffer,
                          GstCaps   *caps,
                          guint     *at_ms)
{
  guint64 word = 0;
  GstVideoInfo info;
  GstVideoFrame frame;
  guint width, height, bits;

  if (!gst_video_info_from_caps (&info, caps) ||
      !gst_video_frame_map (&frame, &info, buffer, GST_MAP_READ))
    return FALSE;

  height = pick_cell_height ((guint) info.height);
  for (guint i = 0; i < COLUMNS * ROWS; i++)
    {
      /* The picture may have been scaled: cells stand at shares of its width. */
      guint left = (guint) info.width * (i % COLUMNS) / COLUMNS;

      width = (guint) info.width * (i % COLUMNS + 1) / COLUMNS - left;
      if (measure_cell (&frame, left, (i / COLUMNS) * height, width, height) > 125)
        word |= (guint64) 1 << i;
    }
  gst_video_frame_unmap (&frame);

  bits = (guint) (word & ((1 << TIME_BITS) - 1));
  if (check_sum (bits) != (guint) (word >> TIME_BITS))
    return FALSE;

  *at_ms = bits;

  return TRUE;
}

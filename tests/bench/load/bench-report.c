/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "bench-report.h"

#include <stdio.h>

typedef struct
{
  const char *title;
  gsize       offset;
  int         n_decimals;
} Row;

static const Row rows[] = {
  { "accepts/s, token checked", G_STRUCT_OFFSET (BenchFigures, accepts_per_s), 0 },
  { "bytes resident per idle connection", G_STRUCT_OFFSET (BenchFigures, idle_bytes), 0 },
  { "echo p50 at 2 000/s, ms", G_STRUCT_OFFSET (BenchFigures, echo_p50_ms), 3 },
  { "echo p99 at 2 000/s, ms", G_STRUCT_OFFSET (BenchFigures, echo_p99_ms), 3 },
  { "echo p99 at 8 000/s, ms", G_STRUCT_OFFSET (BenchFigures, echo_busy_p99_ms), 3 },
  { "echo p99, 8 000 connections, ms", G_STRUCT_OFFSET (BenchFigures, echo_8000_p99_ms), 3 },
  { "joins to one group/s", G_STRUCT_OFFSET (BenchFigures, joins_per_s), 0 },
  { "deliveries/s, one at a time", G_STRUCT_OFFSET (BenchFigures, single_per_s), 0 },
  { "deliveries/s, pipelined", G_STRUCT_OFFSET (BenchFigures, pipelined_per_s), 0 },
  { "stored posts/s, 100 senders", G_STRUCT_OFFSET (BenchFigures, posts_per_s), 0 },
  { "stored post p50 at 5 000/s, ms", G_STRUCT_OFFSET (BenchFigures, post_p50_ms), 3 },
  { "stored post p99 at 5 000/s, ms", G_STRUCT_OFFSET (BenchFigures, post_p99_ms), 3 },
};

void
bench_figures_clear (BenchFigures *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    G_STRUCT_MEMBER (double, self, rows[i].offset) = -1;
  self->frame_bytes = 0;
}

static int
compare (gconstpointer a,
         gconstpointer b)
{
  const double *x = a, *y = b;

  return (*x > *y) - (*x < *y);
}

void
bench_figures_take_medians (BenchFigures       *self,
                            const BenchFigures *rounds,
                            guint               n_rounds)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(GArray) values = g_array_new (FALSE, FALSE, sizeof (double));

      for (guint round = 0; round < n_rounds; round++)
        if (G_STRUCT_MEMBER (double, &rounds[round], rows[i].offset) >= 0)
          g_array_append_val (values, G_STRUCT_MEMBER (double, &rounds[round], rows[i].offset));
      g_array_sort (values, compare);
      if (values->len > 0)
        G_STRUCT_MEMBER (double, self, rows[i].offset) = g_array_index (values, double,
                                                                        values->len / 2);
    }
  if (n_rounds > 0 && rounds[0].frame_bytes > 0)
    self->frame_bytes = rounds[0].frame_bytes;
}

static void
print_cell (double value,
            int    width,
            int    n_decimals)
{
  if (value < 0)
    printf (" %*s", width, "–");
  else
    printf (" %*.*f", width, n_decimals, value);
}

/* printf() pads by bytes and the dash has three. */
static void
print_number (double value,
              int    width,
              int    n_decimals)
{
  print_cell (value, value < 0 ? width + 2 : width, n_decimals);
}

static void
print_table (const BenchReport *self)
{
  printf ("\n%-36s", "connections");
  for (guint i = 0; i < BENCH_SIZES; i++)
    printf (" | %27u", self->n_connections[i]);
  printf ("\n%-36s", "");
  for (guint i = 0; i < BENCH_SIZES; i++)
    printf (" | %10s %10s %5s", "confabd", "ceiling", "ratio");
  printf ("\n");

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      printf ("%-36s", rows[i].title);
      for (guint j = 0; j < BENCH_SIZES; j++)
        {
          double confabd = G_STRUCT_MEMBER (double, &self->confabd[j], rows[i].offset);
          double ceiling = G_STRUCT_MEMBER (double, &self->ceiling[j], rows[i].offset);

          printf (" |");
          print_number (confabd, 10, rows[i].n_decimals);
          print_number (ceiling, 10, rows[i].n_decimals);
          print_number (confabd >= 0 && ceiling > 0 ? confabd / ceiling : -1, 5, 2);
        }
      printf ("\n");
    }
}

static void
print_target (const char *title,
              double      value,
              gboolean    at_least,
              double      bound,
              int         n_decimals)
{
  gboolean reached = value >= 0 && (at_least ? value >= bound : value <= bound);

  printf ("%-56s", title);
  print_number (value, 10, n_decimals);
  printf ("   %s %-10.*f %s\n", at_least ? "≥" : "≤", n_decimals, bound,
          value < 0 ? "not measured" : reached ? "reached" : "missed");
}

static double
get_ratio (double a,
           double b)
{
  return a >= 0 && b > 0 ? a / b : -1;
}

/**
 * bench_report_print:
 * @self: a report
 *
 * Prints the table, and the targets with what became of them.
 */
void
bench_report_print (const BenchReport *self)
{
  const BenchFigures *few = &self->confabd[0];
  const BenchFigures *many = &self->confabd[BENCH_SIZES - 1];
  const BenchFigures *ceiling = &self->ceiling[BENCH_SIZES - 1];
  guint most = self->n_connections[BENCH_SIZES - 1];

  print_table (self);
  printf ("\nThe ceiling copies frames with %u threads and stores nothing: its posts are echoes.\n"
          "Echo goes hub → core → hub (rtc to one's own cid). Deliveries carry %u bytes.\n"
          "An append of 4 KiB with fdatasync alone: %.0f/s on this disk.\n\n",
          self->n_ceiling_threads, many->frame_bytes, self->syncs_per_s);

  printf ("targets, at %u connections unless said otherwise\n", most);
  print_target ("accepts/s against those at the fewest connections",
                get_ratio (many->accepts_per_s, few->accepts_per_s), TRUE, 0.7, 2);
  print_target ("bytes resident per idle connection", many->idle_bytes, FALSE, 1500, 0);
  print_target ("echo p99 at 8 000 connections, 2 000/s, ms", many->echo_8000_p99_ms, FALSE, 1, 3);
  print_target ("deliveries one at a time against the ceiling",
                get_ratio (many->single_per_s, ceiling->single_per_s), TRUE, 0.7, 2);
  print_target ("pipelined deliveries/s", many->pipelined_per_s, TRUE, 1000000, 0);
  print_target ("stored and acknowledged posts/s, 100 senders", few->posts_per_s, TRUE, 5000, 0);
  print_target ("their p99 at 5 000/s, ms", few->post_p99_ms, FALSE, 25, 3);
}

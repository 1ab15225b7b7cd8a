/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

/* Marks what the shared library shows; everything else is hidden. */
#define CONFAB_EXPORT __attribute__ ((visibility ("default"))) extern

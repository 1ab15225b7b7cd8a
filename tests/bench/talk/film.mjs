// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a camera in a hand sees, for both sides of the bench: somebody before a wall, neither of
// them flat, a little unsteady, with the noise of a sensor. Four seconds that can be repeated.

import fs from 'node:fs';

const WIDTH = 640, HEIGHT = 480, FPS = 30, N_PICTURES = 120, MARGIN = 32;
const WALL_WIDTH = WIDTH + 2 * MARGIN, WALL_HEIGHT = HEIGHT + 2 * MARGIN;

/** The same numbers each time. */
function makeRandom() {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Clouds: noise of several sizes, the larger the stronger; 0 to 1. */
function makeClouds(width, height, sizes, random) {
  const clouds = new Float32Array(width * height);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  for (const size of sizes) {
    const columns = Math.ceil(width / size) + 2;
    const grid = Float32Array.from({ length: columns * (Math.ceil(height / size) + 2) }, random);
    for (let y = 0; y < height; y++) {
      const row = Math.floor(y / size) * columns, fy = (y % size) / size;
      for (let x = 0; x < width; x++) {
        const at = row + Math.floor(x / size), fx = (x % size) / size;
        const above = grid[at] * (1 - fx) + grid[at + 1] * fx;
        const below = grid[at + columns] * (1 - fx) + grid[at + columns + 1] * fx;
        clouds[y * width + x] += (above * (1 - fy) + below * fy) * size / total;
      }
    }
  }
  return clouds;
}

function drawWall(picture, wall, left, top) {
  for (let y = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++)
      picture[y * WIDTH + x] = 40 + 150 * wall[(y + top) * WALL_WIDTH + x + left];
}

function drawHead(picture, face, cx, cy) {
  const rx = 100, ry = 140;
  for (let y = -ry; y < ry; y++)
    for (let x = -rx; x < rx; x++)
      if ((x / rx) ** 2 + (y / ry) ** 2 < 1)
        picture[(cy + y) * WIDTH + cx + x] = 90 + 120 * face[(y + ry) * 2 * rx + x + rx];
}

/** Writes the film, as YUV4MPEG2. */
export function writeFilm(path) {
  const random = makeRandom();
  const wall = makeClouds(WALL_WIDTH, WALL_HEIGHT, [128, 48, 16, 6], random);
  const face = makeClouds(200, 280, [64, 24, 8], random);
  const noise = Int8Array.from({ length: WIDTH * HEIGHT + 9973 }, () => Math.round((random() - 0.5) * 4));
  const picture = Buffer.alloc(WIDTH * HEIGHT * 3 / 2, 128);
  const file = fs.openSync(path, 'w');
  fs.writeSync(file, `YUV4MPEG2 W${WIDTH} H${HEIGHT} F${FPS}:1 Ip A1:1 C420\n`);
  for (let i = 0; i < N_PICTURES; i++) {
    const angle = 2 * Math.PI * i / N_PICTURES;
    drawWall(picture, wall, Math.round(MARGIN + 6 * Math.sin(angle)), Math.round(MARGIN + 4 * Math.cos(2 * angle)));
    drawHead(picture, face, Math.round(320 + 40 * Math.sin(2 * angle)), Math.round(260 + 12 * Math.sin(3 * angle)));
    const shift = i * 83 % 9973;
    for (let at = 0; at < WIDTH * HEIGHT; at++)
      picture[at] += noise[at + shift];
    fs.writeSync(file, 'FRAME\n');
    fs.writeSync(file, picture);
  }
  fs.closeSync(file);
}

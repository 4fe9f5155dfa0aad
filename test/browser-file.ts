import { spawnSync } from 'node:child_process'

/** The browser of this machine that the tests drive; undefined where there is none (apt-get install chromium-headless-shell). */
export const browserFile = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome']
  .map((name) => spawnSync('which', [name], { encoding: 'utf8' }).stdout.trim())
  .find((file) => file !== '')

/** Line drawings of 24 by 24, by name. */
const drawings = {
  play: 'M7 5v14l11-7z',
  pause: 'M8 5v14M16 5v14',
  reset: 'M4 12a8 8 0 1 0 2.5-5.8M4 4v4.5h4.5',
  back: 'M19 6l-8 6 8 6zM6 6v12',
  step: 'M5 6l8 6-8 6zM18 6v12',
  timeline: 'M3 17h4l2-9 3 12 4-16 2 13h3',
  costs: 'M4 20V10M10 20V4M16 20v-7M21 20H3',
  memory: 'M4 4h16v16H4zM4 11h16M12 11v9',
  duty: 'M12 3a9 9 0 1 0 9 9M12 7v5l4 2M21 3v5h-5',
  lab: 'M10 3h4M11 3v6l-6 10a1.5 1.5 0 0 0 1.3 2h11.4a1.5 1.5 0 0 0 1.3-2L13 9V3M8 15h8',
  compare: 'M9 4H4v16h5M15 4h5v16h-5M12 2v20',
  report: 'M6 3h9l4 4v14H6zM14 3v5h5M9 13h7M9 17h7',
  open: 'M3 7v12h18V9h-9L9 6H3z',
  search: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5L21 21',
  light:
    'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M19 5l-2 2M7 17l-2 2',
  dark: 'M20 14A8.5 8.5 0 0 1 10 4a8.5 8.5 0 1 0 10 10z',
  help: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM9.5 9.5a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1.9-1.1 1.8M12 16.8v.2',
  close: 'M6 6l12 12M18 6L6 18',
  save: 'M5 3h11l3 3v15H5zM8 3v6h7V3M8 21v-7h8v7',
  share: 'M12 15V3M8 7l4-4 4 4M5 12v8h14v-8',
  chip: 'M7 7h10v10H7zM10 3v4M14 3v4M10 17v4M14 17v4M3 10h4M3 14h4M17 10h4M17 14h4',
  warning: 'M12 4L2.5 20h19zM12 10v5M12 17.3v.2',
  check: 'M4 12.5l5 5L20 6.5',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  left: 'M15 5l-7 7 7 7',
  right: 'M9 5l7 7-7 7',
  down: 'M5 9l7 7 7-7',
  pin: 'M12 21v-7M7 14h10l-2-4V4H9v6z',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
} as const

export type IconName = keyof typeof drawings

export const Icon = ({ name, size = 18 }: { readonly name: IconName; readonly size?: number }) => (
  <svg
    width={size}
    height={size}
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    stroke-width="1.8"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    <path d={drawings[name]} />
  </svg>
)

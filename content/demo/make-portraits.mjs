/**
 * Draws the four portraits of the demo practice: two people who do not exist, before and after a treatment. The same numbers always give the
 * same pictures. Takes a minute: node content/demo/make-portraits.mjs
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'

const WIDTH = 1200
const HEIGHT = 1500
const MIDDLE = WIDTH / 2

const PEOPLE = [
  {
    name: 'elena',
    skin: { light: '#f6dcc8', base: '#e8bfa3', shade: '#cf9b7d', deep: '#8f5a44', glow: '#fff1e3', blush: '#e08d7d' },
    hair: { base: '#4a3127', light: '#7a5642', dark: '#2c1b15' },
    brow: '#45302a', iris: ['#a9774a', '#5a381f'], lips: { upper: '#b9625c', lower: '#cc7a71', line: '#7e3a38', glow: '#f3b9b0' },
    hairShape: 'smooth', faceWidth: 1, eyeTilt: -5, lipFullness: 1, noseWidth: 1, lineDepth: 1,
  },
  {
    name: 'grace',
    skin: { light: '#b07a57', base: '#8f5c3e', shade: '#6d4029', deep: '#38190e', glow: '#d9a782', blush: '#a04f3c' },
    hair: { base: '#241814', light: '#4d372d', dark: '#120a08' },
    brow: '#1d110d', iris: ['#6b4226', '#2a150b'], lips: { upper: '#7c3a3a', lower: '#9c5050', line: '#451a1c', glow: '#d09a90' },
    hairShape: 'curly', faceWidth: 1.03, eyeTilt: -8, lipFullness: 1.26, noseWidth: 1.2, lineDepth: 1.1,
  },
]
/** As at a real practice: the second picture has other light and another distance. `lines` 1 is as deep as they were. */
const VISITS = [
  { name: 'before', lines: 1, zoom: 1, across: 0, down: 0, turn: 0, wall: ['#f1eef0', '#dcd9df', '#c3c0c9'], tint: '#8fa3c4', tintBy: 0.05 },
  { name: 'after', lines: 0.13, zoom: 1.035, across: 7, down: -12, turn: 0.7, wall: ['#f7f1ec', '#e7dfda', '#cfc7c4'], tint: '#ffd9a8', tintBy: 0.055 },
]

const mirrored = (drawn) => `${drawn}<g transform="translate(${WIDTH} 0) scale(-1 1)">${drawn}</g>`
const path = (d, attributes) => `<path d="${d}" ${attributes}/>`
const softly = (blur) => `filter="url(#blur${blur})"`
const BLURS = [1, 2, 5, 10, 18, 30, 46]

/** A number from 0 to 1 that is the same on every machine (mulberry32). */
const dice = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}

const gradients = ({ skin, hair, iris, lips }, { wall }) => `
  <radialGradient id="wall" cx="42%" cy="34%" r="85%"><stop offset="0" stop-color="${wall[0]}"/><stop offset=".6" stop-color="${wall[1]}"/><stop offset="1" stop-color="${wall[2]}"/></radialGradient>
  <linearGradient id="pearl" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#d9c7f0"/><stop offset=".35" stop-color="#f6e4ea"/><stop offset=".65" stop-color="#cfe9e6"/><stop offset="1" stop-color="#f3ead2"/></linearGradient>
  <radialGradient id="skin" gradientUnits="userSpaceOnUse" cx="545" cy="600" r="640"><stop offset="0" stop-color="${skin.light}"/><stop offset=".48" stop-color="${skin.base}"/><stop offset="1" stop-color="${skin.shade}"/></radialGradient>
  <linearGradient id="neck" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${skin.shade}"/><stop offset=".55" stop-color="${skin.base}"/><stop offset="1" stop-color="${skin.light}"/></linearGradient>
  <linearGradient id="hair" x1="0" y1="0" x2=".6" y2="1"><stop offset="0" stop-color="${hair.light}"/><stop offset=".4" stop-color="${hair.base}"/><stop offset="1" stop-color="${hair.dark}"/></linearGradient>
  <radialGradient id="iris" cx="50%" cy="62%" r="60%"><stop offset="0" stop-color="${iris[0]}"/><stop offset=".7" stop-color="${iris[1]}"/><stop offset="1" stop-color="#1c0f0a"/></radialGradient>
  <linearGradient id="lipUpper" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${lips.lower}"/><stop offset="1" stop-color="${lips.upper}"/></linearGradient>
  <linearGradient id="lipLower" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${lips.upper}"/><stop offset=".45" stop-color="${lips.lower}"/><stop offset="1" stop-color="${lips.upper}"/></linearGradient>
  <linearGradient id="cloth" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#ffffff"/><stop offset="1" stop-color="#d9d8df"/></linearGradient>
  <linearGradient id="band" x1="0" y1="0" x2="1" y2="0"><stop offset="0" stop-color="#c9c7d1"/><stop offset=".3" stop-color="#ffffff"/><stop offset=".62" stop-color="#f1f0f4"/><stop offset="1" stop-color="#bdbbc7"/></linearGradient>
  ${BLURS.map((b) => `<filter id="blur${b}" filterUnits="userSpaceOnUse" x="0" y="0" width="1200" height="1500"><feGaussianBlur stdDeviation="${b}"/></filter>`).join('')}
  <filter id="grain" x="0" y="0" width="100%" height="100%"><feTurbulence type="fractalNoise" baseFrequency=".55" numOctaves="2" seed="7"/><feColorMatrix values="0 0 0 0 .5  0 0 0 0 .5  0 0 0 0 .5  .9 0 0 0 -.32"/></filter>`

const FACE = 'M600 292 C768 292 878 420 884 612 C888 748 866 872 822 962 C776 1058 690 1142 600 1144 C510 1142 424 1058 378 962 C334 872 312 748 316 612 C322 420 432 292 600 292 Z'

const backHair = ({ hair, hairShape }) => {
  if (hairShape === 'smooth')
    return `${path('M600 130 C784 122 918 256 926 460 C930 560 920 660 872 742 L328 742 C280 660 270 560 274 460 C282 256 416 122 600 130 Z', 'fill="url(#hair)"')}
      <ellipse cx="600" cy="128" rx="128" ry="98" fill="url(#hair)"/>${path('M500 110 C540 70 640 64 694 112', `fill="none" stroke="${hair.light}" stroke-width="10" opacity=".35" ${softly(5)}`)}`
  const roll = dice(11)
  const curl = (x, y) => {
    const size = 34 + roll() * 26
    return `<circle cx="${x}" cy="${y}" r="${size}" fill="${roll() > 0.5 ? hair.base : hair.dark}"/>
      <path d="M${x - size * 0.6} ${y} A${size * 0.6} ${size * 0.6} 0 0 1 ${x + size * 0.5} ${y - size * 0.3}" fill="none" stroke="${hair.light}" stroke-width="4" opacity="${0.25 + roll() * 0.3}"/>`
  }
  const rim = Array.from({ length: 46 }, (_, i) => {
    const angle = Math.PI * (0.86 + (1.28 * i) / 45)
    return curl(600 + Math.cos(angle) * (352 + roll() * 18), 470 + Math.sin(angle) * (352 + roll() * 22))
  })
  const inside = Array.from({ length: 120 }, () => {
    const angle = Math.PI * (0.9 + 1.2 * roll())
    const far = 0.6 + roll() * 0.38
    return curl(600 + Math.cos(angle) * 350 * far, 470 + Math.sin(angle) * 350 * far)
  })
  return `<ellipse cx="600" cy="470" rx="350" ry="348" fill="${hair.base}"/>${rim.join('')}${inside.join('')}`
}

const strands = ({ hair, hairShape }) => {
  if (hairShape !== 'smooth') return ''
  const roll = dice(3)
  return Array.from({ length: 46 }, (_, i) => {
    const at = -1 + (2 * i) / 45
    const x = 600 + at * 300
    return path(`M${600 + at * 120} ${150 + Math.abs(at) * 70} Q${x + at * 30} ${190 + Math.abs(at) * 140} ${600 + at * 318} ${330 + Math.abs(at) ** 1.6 * 250}`,
      `fill="none" stroke="${roll() > 0.55 ? hair.light : hair.dark}" stroke-width="${1.5 + roll() * 3}" opacity="${0.18 + roll() * 0.25}"`)
  }).join('')
}

const body = ({ skin }) => `
  ${path('M470 960 L470 1190 C462 1270 380 1300 270 1336 C150 1376 90 1430 70 1500 L1130 1500 C1110 1430 1050 1376 930 1336 C820 1300 738 1270 730 1190 L730 960 Z', 'fill="url(#neck)"')}
  ${path('M462 1040 C500 1150 560 1196 600 1198 C640 1196 700 1150 738 1040 L738 1120 C712 1212 650 1262 600 1264 C550 1262 488 1212 462 1120 Z', `fill="${skin.deep}" opacity=".36" ${softly(30)}`)}
  ${mirrored(path('M520 1420 C480 1398 400 1388 300 1394', `fill="none" stroke="${skin.deep}" stroke-width="9" opacity=".2" ${softly(10)}`))}
  ${mirrored(path('M520 1210 C530 1290 552 1360 580 1420', `fill="none" stroke="${skin.deep}" stroke-width="12" opacity=".13" ${softly(10)}`))}
  ${path('M0 1500 L0 1452 C96 1376 214 1340 316 1326 C400 1410 500 1456 600 1460 C700 1456 800 1410 884 1326 C986 1340 1104 1376 1200 1452 L1200 1500 Z', 'fill="url(#cloth)"')}
  ${path('M316 1326 C400 1410 500 1456 600 1460 C700 1456 800 1410 884 1326', 'fill="none" stroke="#b9b7c4" stroke-width="5" opacity=".8"')}
  ${path('M300 1344 C392 1432 498 1478 600 1482 C702 1478 808 1432 900 1344', 'fill="none" stroke="#c9c7d2" stroke-width="3" opacity=".8"')}`

const ears = ({ skin }) => mirrored(`
  ${path('M330 640 C286 612 258 646 266 706 C272 764 296 834 330 842 C350 844 352 800 348 760 Z', 'fill="url(#skin)"')}
  ${path('M330 640 C286 612 258 646 266 706 C272 764 296 834 330 842 C350 844 352 800 348 760 Z', `fill="${skin.shade}" opacity=".55"`)}
  ${path('M322 672 C296 656 282 682 290 722 C296 752 306 776 322 792', `fill="none" stroke="${skin.deep}" stroke-width="6" opacity=".35" ${softly(2)}`)}`)

const faceShading = ({ skin }) => `
  <g clip-path="url(#face)">
    ${mirrored(path('M300 480 C330 640 330 860 400 990 C460 1090 520 1140 600 1160 L380 1180 L270 900 Z', `fill="${skin.deep}" opacity=".26" ${softly(46)}`))}
    ${path('M884 520 C900 700 870 940 760 1080 L900 1080 L940 560 Z', `fill="${skin.deep}" opacity=".22" ${softly(46)}`)}
    <ellipse cx="570" cy="440" rx="190" ry="104" fill="${skin.glow}" opacity=".36" ${softly(46)}/>
    ${mirrored(`<ellipse cx="430" cy="812" rx="88" ry="58" fill="${skin.blush}" opacity=".3" ${softly(30)}/>
    <ellipse cx="418" cy="766" rx="62" ry="30" fill="${skin.glow}" opacity=".3" ${softly(18)}/>
    <ellipse cx="474" cy="668" rx="92" ry="50" fill="${skin.deep}" opacity=".2" ${softly(18)}/>
    <ellipse cx="476" cy="738" rx="72" ry="16" fill="${skin.deep}" opacity=".14" ${softly(10)}/>`)}
    ${path('M300 420 C330 330 440 300 600 300 C760 300 870 330 900 420 C800 366 700 352 600 352 C500 352 400 366 300 420 Z', `fill="${skin.deep}" opacity=".34" ${softly(18)}`)}
    <ellipse cx="600" cy="1046" rx="92" ry="24" fill="${skin.deep}" opacity=".2" ${softly(10)}/>
    <ellipse cx="598" cy="1096" rx="62" ry="30" fill="${skin.glow}" opacity=".25" ${softly(18)}/>
  </g>`

const brows = ({ brow }) => {
  const roll = dice(5)
  const hairs = Array.from({ length: 44 }, (_, i) => {
    const t = i / 43
    const x = 536 - t * 168
    const y = 600 - Math.sin(Math.min(1, t / 0.66) * Math.PI * 0.5) * 17 + Math.max(0, t - 0.62) * 74
    const long = 25 * (1 - t * 0.55)
    return path(`M${x} ${y + long * 0.42} Q${x - 6} ${y} ${x - 10 - t * 16} ${y - long * (0.5 - t * 0.55)}`, `fill="none" stroke="${brow}" stroke-width="${2.2 + roll() * 1.8}" opacity="${0.5 + roll() * 0.35}" stroke-linecap="round"`)
  }).join('')
  return mirrored(`${path('M543 611 C506 590 452 574 416 577 C392 581 372 598 356 622 C386 601 412 593 436 595 C474 597 510 606 541 619 Z', `fill="${brow}" opacity=".62" ${softly(2)}`)}${hairs}`)
}

const eyes = ({ skin, eyeTilt, lips }) => {
  const shape = 'M404 704 C428 674 466 662 500 669 C525 675 541 691 550 710 C530 724 500 731 470 729 C440 727 418 718 404 704 Z'
  const lashes = [[402, 701, -17, -9], [410, 693, -16, -12], [420, 685, -14, -14], [432, 677, -11, -15], [445, 671, -8, -15], [459, 666, -5, -15], [474, 663, -2, -14], [489, 662, 1, -13]]
  const eye = `<g transform="rotate(${eyeTilt} 478 696)">
    ${path('M396 690 C426 640 476 622 520 640 C540 650 552 666 558 684', `fill="none" stroke="${skin.deep}" stroke-width="6" opacity=".42" ${softly(2)}`)}
    ${path(shape, 'fill="#f6f1ee"')}
    <g clip-path="url(#eye)"><circle cx="480" cy="694" r="36" fill="url(#iris)"/><circle cx="480" cy="694" r="15" fill="#0d0706"/>
      ${path('M398 690 C428 654 476 642 520 658 L556 690 L540 694 C520 674 440 664 404 704 Z', `fill="#2a1712" opacity=".36" ${softly(5)}`)}</g>
    <circle cx="468" cy="681" r="8" fill="#fff" opacity=".95"/><circle cx="494" cy="706" r="4" fill="#fff" opacity=".5"/>
    ${path('M549 704 C556 708 556 714 549 716 C543 714 542 708 549 704 Z', `fill="${lips.lower}" opacity=".75"`)}
    ${path('M396 702 C424 666 466 654 502 663 C527 670 544 688 552 710 C540 694 524 681 500 676 C466 669 430 680 404 705 Z', 'fill="#241310"')}
    ${lashes.map(([x, y, dx, dy]) => path(`M${x} ${y} q${dx * 0.3} ${dy * 0.7} ${dx} ${dy}`, 'fill="none" stroke="#241310" stroke-width="3" stroke-linecap="round" opacity=".75"')).join('')}
    ${path('M408 707 C430 724 470 733 504 728 C524 725 540 718 549 712', `fill="none" stroke="${skin.deep}" stroke-width="3.5" opacity=".55"`)}
  </g>`
  return `<clipPath id="eye">${path(shape, '')}</clipPath>${mirrored(eye)}`
}

const nose = ({ skin, noseWidth: w }) => {
  const at = (x) => MIDDLE + x * w
  return `
  ${path(`M${at(-26)} 660 C${at(-24)} 740 ${at(-40)} 800 ${at(-56)} 846`, `fill="none" stroke="${skin.deep}" stroke-width="20" opacity=".15" ${softly(10)}`)}
  ${path(`M${at(28)} 660 C${at(28)} 740 ${at(44)} 800 ${at(60)} 846`, `fill="none" stroke="${skin.deep}" stroke-width="24" opacity=".22" ${softly(10)}`)}
  ${path('M590 640 C588 720 586 780 590 836', `fill="none" stroke="${skin.glow}" stroke-width="20" opacity=".4" ${softly(10)} stroke-linecap="round"`)}
  <ellipse cx="590" cy="842" rx="22" ry="16" fill="${skin.glow}" opacity=".6" ${softly(5)}/>
  ${path(`M${at(-70)} 862 C${at(-52)} 906 ${at(-22)} 892 600 902 C${at(22)} 892 ${at(52)} 906 ${at(70)} 862 C${at(58)} 930 ${at(-58)} 930 ${at(-70)} 862 Z`, `fill="${skin.deep}" opacity=".3" ${softly(5)}`)}
  ${path(`M${at(-56)} 826 C${at(-76)} 840 ${at(-76)} 872 ${at(-56)} 882`, `fill="none" stroke="${skin.deep}" stroke-width="5" opacity=".4" ${softly(2)} stroke-linecap="round"`)}
  ${path(`M${at(56)} 826 C${at(76)} 840 ${at(76)} 872 ${at(56)} 882`, `fill="none" stroke="${skin.deep}" stroke-width="5" opacity=".46" ${softly(2)} stroke-linecap="round"`)}
  ${path(`M${at(-44)} 884 C${at(-38)} 872 ${at(-18)} 874 ${at(-14)} 888 C${at(-24)} 892 ${at(-36)} 892 ${at(-44)} 884 Z`, `fill="${skin.deep}" opacity=".8" ${softly(1)}`)}
  ${path(`M${at(44)} 884 C${at(38)} 872 ${at(18)} 874 ${at(14)} 888 C${at(24)} 892 ${at(36)} 892 ${at(44)} 884 Z`, `fill="${skin.deep}" opacity=".8" ${softly(1)}`)}`
}

const mouth = ({ skin, lips, lipFullness: f }) => {
  const up = (y) => 986 - (986 - y) * f
  const low = (y) => 986 + (y - 986) * f
  return `
  ${path(`M588 912 C586 926 584 938 582 948 M612 912 C614 926 616 938 618 948`, `fill="none" stroke="${skin.deep}" stroke-width="7" opacity=".15" ${softly(5)}`)}
  ${path(`M484 981 C524 ${up(968)} 556 ${up(948)} 580 ${up(948)} C590 ${up(948)} 594 ${up(955)} 600 ${up(956)} C606 ${up(955)} 610 ${up(948)} 620 ${up(948)} C644 ${up(948)} 676 ${up(968)} 716 981 C676 989 640 984 600 990 C560 984 524 989 484 981 Z`, 'fill="url(#lipUpper)"')}
  ${path(`M484 981 C524 988 560 984 600 989 C640 984 676 988 716 981 C688 ${low(1020)} 648 ${low(1038)} 600 ${low(1038)} C552 ${low(1038)} 512 ${low(1020)} 484 981 Z`, 'fill="url(#lipLower)"')}
  <ellipse cx="586" cy="${low(1012)}" rx="48" ry="${9 * f}" fill="${lips.glow}" opacity=".6" ${softly(5)}/>
  ${path('M481 979 C524 991 562 984 600 990 C638 984 676 991 719 979', `fill="none" stroke="${lips.line}" stroke-width="5" opacity=".85" stroke-linecap="round"`)}
  ${mirrored(path('M484 972 C474 977 470 982 470 988', `fill="none" stroke="${skin.deep}" stroke-width="7" opacity=".26" ${softly(5)}`))}`
}

/** Folds: for each a soft shadow, light on the skin that bulges beneath it, and the line itself. One layer after the other, so that few are blurred. */
const folded = ({ skin, lineDepth }, folds) => {
  const layer = (blur, draw) => `<g ${softly(blur)}>${folds.map((f) => (f.isTwice ? mirrored(draw(f)) : draw(f))).join('')}</g>`
  const stroke = (d, colour, width, opacity) => path(d, `fill="none" stroke="${colour}" stroke-width="${width}" opacity="${opacity}" stroke-linecap="round"`)
  return [
    layer(5, ({ d, thick, depth }) => stroke(d, skin.deep, thick * 2.6, 0.15 * depth * lineDepth)),
    layer(2, ({ d, thick, depth }) => `<g transform="translate(0 ${thick + 3})">${stroke(d, skin.glow, thick * 1.3, 0.4 * depth)}</g>`),
    layer(1, ({ d, thick, depth }) => stroke(d, skin.deep, thick, 0.4 * depth * lineDepth)),
  ].join('')
}

const FOREHEAD = ['M438 448 C490 432 540 446 598 440 C660 434 714 434 764 450', 'M420 492 C480 474 540 492 600 484 C664 476 724 478 782 496', 'M432 536 C488 518 548 534 604 528 C660 520 716 524 770 540', 'M478 574 C520 562 560 572 600 568 C640 562 684 564 722 576']
const FROWN = ['M580 566 C572 592 574 620 580 646', 'M620 562 C630 590 628 622 620 650', 'M556 588 C552 602 552 614 556 626']
const CROWS_FEET = ['M374 672 C356 660 342 648 330 634', 'M370 690 C350 686 334 680 320 670', 'M370 708 C352 712 336 714 320 714', 'M376 726 C360 738 346 746 332 750']
/** Not treated: the folds beside the nose and under the eyes stay as they are. */
const UNTREATED = [{ d: 'M522 880 C500 906 484 930 478 954', thick: 4, depth: 0.26 }, { d: 'M420 748 C450 764 488 766 522 752', thick: 3, depth: 0.22 }]

const lines = (person, depth) =>
  folded(person, [
    ...FOREHEAD.map((d, i) => ({ d, thick: 4.6 - i * 0.3, depth: depth * (1 - i * 0.06) })),
    ...FROWN.map((d, i) => (i === 2 ? { d, thick: 3.2, depth: depth * 0.7 } : { d, thick: 5.4, depth: depth * 1.15 })),
    ...CROWS_FEET.map((d) => ({ d, thick: 3.6, depth: depth * 0.95, isTwice: true })),
    ...UNTREATED.map((fold) => ({ ...fold, isTwice: true })),
  ])

const headband = () => `
  ${path('M318 600 C318 440 430 308 600 306 C770 308 882 440 882 600 L898 560 C884 380 766 244 600 242 C434 244 316 380 302 560 Z', `fill="#3a2622" opacity=".35" ${softly(10)}`)}
  ${path('M316 590 C316 430 430 318 600 316 C770 318 884 430 884 590 C892 560 900 540 902 520 C890 360 770 232 600 230 C430 232 310 360 298 520 C300 540 308 560 316 590 Z', 'fill="url(#band)"')}
  ${path('M306 540 C316 396 436 274 600 272 C764 274 884 396 894 540', 'fill="none" stroke="#b4b2c0" stroke-width="3" opacity=".55"')}
  ${path('M400 352 C460 290 530 266 600 264', 'fill="none" stroke="url(#pearl)" stroke-width="26" opacity=".55" filter="url(#blur10)"')}`

const portrait = (person, visit) => `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}">
  <defs>${gradients(person, visit)}<clipPath id="face">${path(FACE, '')}</clipPath></defs>
  <rect width="100%" height="100%" fill="url(#wall)"/>
  <ellipse cx="250" cy="330" rx="420" ry="300" fill="url(#pearl)" opacity=".34" filter="url(#blur46)"/>
  <ellipse cx="1010" cy="900" rx="300" ry="420" fill="url(#pearl)" opacity=".2" filter="url(#blur46)"/>
  <g transform="translate(${MIDDLE + visit.across} ${HEIGHT / 2 + visit.down}) rotate(${visit.turn}) scale(${visit.zoom}) translate(${-MIDDLE} ${-HEIGHT / 2})">
    <g transform="translate(0 24)">
      <g opacity=".28" ${softly(46)}>${path('M300 400 C520 160 980 240 1000 700 L980 1300 L300 1400 Z', 'fill="#5d5566"')}</g>
      ${backHair(person)}${strands(person)}
      ${body(person)}
      <g transform="translate(${MIDDLE} 0) scale(${person.faceWidth} 1) translate(${-MIDDLE} 0)">
        ${ears(person)}
        ${path(FACE, 'fill="url(#skin)"')}
        ${faceShading(person)}
        ${lines(person, visit.lines)}
        ${brows(person)}${eyes(person)}${nose(person)}${mouth(person)}
        ${headband()}
      </g>
    </g>
  </g>
  <rect width="100%" height="100%" fill="${visit.tint}" opacity="${visit.tintBy}"/>
  <rect width="100%" height="100%" filter="url(#grain)" opacity=".1"/>
</svg>`

for (const person of PEOPLE)
  for (const visit of VISITS) {
    const jpeg = await sharp(Buffer.from(portrait(person, visit))).jpeg({ quality: 86, chromaSubsampling: '4:4:4' }).toBuffer()
    const file = fileURLToPath(new URL(`./${person.name}-${visit.name}.jpg`, import.meta.url))
    writeFileSync(file, jpeg)
    process.stdout.write(`${person.name}-${visit.name}.jpg ${Math.round(jpeg.length / 1000)} kB\n`)
  }

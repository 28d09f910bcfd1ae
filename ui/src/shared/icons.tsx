import type { Icon } from '@tabler/icons-react'
import {
  IconAlertCircle, IconBolt, IconBriefcase, IconBuildingBank, IconCircleCheck, IconCircleDashed,
  IconClock, IconFileText, IconFlag, IconFolder, IconHandFinger, IconHome, IconHourglass,
  IconId, IconInfoCircle, IconLoader, IconMailOpened, IconMessage2, IconPigMoney, IconPlayerPause,
  IconReceipt, IconRoute, IconShieldCheck, IconSignature, IconSparkles, IconStethoscope, IconUserPlus, IconX,
} from '@tabler/icons-react'

/** One stroke width for every icon of both applications. */
export const STROKE = 1.75

/**
 * Icons that a modèle, a badge or an étape may name (BDG-02). An unknown name falls back on « route ».
 */
const byName: Record<string, Icon> = {
  'alert-circle': IconAlertCircle,
  bolt: IconBolt,
  briefcase: IconBriefcase,
  'building-bank': IconBuildingBank,
  check: IconCircleCheck,
  'circle-dashed': IconCircleDashed,
  clock: IconClock,
  file: IconFileText,
  'file-text': IconFileText,
  flag: IconFlag,
  folder: IconFolder,
  hand: IconHandFinger,
  home: IconHome,
  hourglass: IconHourglass,
  id: IconId,
  info: IconInfoCircle,
  'mail-opened': IconMailOpened,
  message: IconMessage2,
  pause: IconPlayerPause,
  'pig-money': IconPigMoney,
  progress: IconLoader,
  receipt: IconReceipt,
  route: IconRoute,
  'shield-check': IconShieldCheck,
  signature: IconSignature,
  sparkles: IconSparkles,
  stethoscope: IconStethoscope,
  'user-plus': IconUserPlus,
  x: IconX,
}

/** The icon called `name`, whatever the case of the modèle that names it. */
export function iconNamed(name: string | null | undefined): Icon {
  return (name ? byName[name] : undefined) ?? IconRoute
}

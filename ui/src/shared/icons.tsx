import type { Icon } from '@tabler/icons-react'
import {
  IconAlertCircle, IconArmchair, IconBolt, IconBriefcase, IconBuildingBank, IconCircleCheck, IconCircleDashed,
  IconClipboardText, IconClock, IconDoorEnter, IconFileAlert, IconFiles, IconFileText, IconFlag, IconFolder, IconHandFinger, IconHeartHandshake, IconHome, IconHourglass,
  IconId, IconInfoCircle, IconLoader, IconMailOpened, IconMessage2, IconPigMoney, IconPlayerPause,
  IconReceipt, IconRoute, IconShieldCheck, IconSignature, IconSparkles, IconStethoscope, IconUserPlus, IconX,
} from '@tabler/icons-react'

/** One stroke width for every icon of both applications. */
export const STROKE = 1.75

/**
 * Icons that a modèle, a badge or an étape may name (BDG-02). An unknown name falls back on « route ».
 */
export const byName: Record<string, Icon> = {
  'alert-circle': IconAlertCircle,
  armchair: IconArmchair,
  bolt: IconBolt,
  briefcase: IconBriefcase,
  'building-bank': IconBuildingBank,
  check: IconCircleCheck,
  'circle-dashed': IconCircleDashed,
  'clipboard-text': IconClipboardText,
  clock: IconClock,
  'door-enter': IconDoorEnter,
  file: IconFileText,
  'file-alert': IconFileAlert,
  files: IconFiles,
  'file-text': IconFileText,
  flag: IconFlag,
  folder: IconFolder,
  hand: IconHandFinger,
  'heart-handshake': IconHeartHandshake,
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

/** The icon called `name`; `otherwise` when nobody knows it. */
export function iconNamed(name: string | null | undefined, otherwise: Icon = IconRoute): Icon {
  return (name ? byName[name] : undefined) ?? otherwise
}

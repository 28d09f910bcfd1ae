import type { Icon } from '@tabler/icons-react'
import {
  IconAdjustments, IconAlertCircle, IconArmchair, IconArrowsDiff, IconBolt, IconBriefcase, IconBuildingBank,
  IconCalendar, IconCircleCheck, IconCircleDashed, IconClipboardText, IconClock, IconCoin, IconDiscount,
  IconDoorEnter, IconFileAlert, IconFilePlus, IconFileText, IconFileX, IconFiles, IconFlag, IconFolder, IconFolderOpen,
  IconGavel, IconHandFinger, IconHeartHandshake, IconHome, IconHourglass, IconId, IconInfoCircle, IconListCheck, IconLoader,
  IconMail, IconMailOpened, IconMessage2, IconPhone, IconPigMoney, IconPlayerPause, IconReceipt, IconRefresh, IconRoute,
  IconScale, IconSearch, IconShieldCheck, IconSignature, IconSparkles, IconStethoscope, IconUserPlus, IconX,
} from '@tabler/icons-react'

/** One stroke width for every icon of both applications. */
export const STROKE = 1.75

/**
 * Icons that a modèle, a badge or an étape may name (BDG-02). An unknown name falls back on « route ».
 */
export const byName: Record<string, Icon> = {
  adjustments: IconAdjustments,
  'alert-circle': IconAlertCircle,
  armchair: IconArmchair,
  'arrows-diff': IconArrowsDiff,
  bolt: IconBolt,
  briefcase: IconBriefcase,
  'building-bank': IconBuildingBank,
  calendar: IconCalendar,
  check: IconCircleCheck,
  'circle-dashed': IconCircleDashed,
  'clipboard-text': IconClipboardText,
  clock: IconClock,
  coin: IconCoin,
  discount: IconDiscount,
  'door-enter': IconDoorEnter,
  file: IconFileText,
  'file-alert': IconFileAlert,
  'file-plus': IconFilePlus,
  'file-text': IconFileText,
  'file-x': IconFileX,
  files: IconFiles,
  flag: IconFlag,
  folder: IconFolder,
  'folder-open': IconFolderOpen,
  gavel: IconGavel,
  hand: IconHandFinger,
  'heart-handshake': IconHeartHandshake,
  home: IconHome,
  hourglass: IconHourglass,
  id: IconId,
  info: IconInfoCircle,
  'list-check': IconListCheck,
  mail: IconMail,
  'mail-opened': IconMailOpened,
  message: IconMessage2,
  pause: IconPlayerPause,
  phone: IconPhone,
  'pig-money': IconPigMoney,
  progress: IconLoader,
  receipt: IconReceipt,
  refresh: IconRefresh,
  route: IconRoute,
  search: IconSearch,
  scale: IconScale,
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

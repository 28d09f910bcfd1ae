import './styles.css'
import { start } from '@shared/main'
import { listenForInstall } from './offline/install'
import { makeRouter } from './router'

listenForInstall()
start('portail', makeRouter)

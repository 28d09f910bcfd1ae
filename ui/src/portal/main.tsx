import './styles.css'
import { start } from '@shared/main'
import { listenForInstall } from './offline/install'
import { makeRouter } from './router'

listenForInstall()
void start('portail', makeRouter)

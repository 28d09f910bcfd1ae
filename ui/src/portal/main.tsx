import './styles.css'
import { start } from '@shared/main'
import { makeRouter } from './router'

start('portail', makeRouter)

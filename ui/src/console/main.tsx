import './styles.css'
import { start } from '@shared/main'
import { makeRouter } from './router'

void start('console', makeRouter)

#!/usr/bin/env node
import { keepCompiledCode } from './compiled-code.ts'

keepCompiledCode()
const { main } = await import('./program.ts')

process.exitCode = await main(process.argv)

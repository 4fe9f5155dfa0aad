import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import type { RunReport } from '../../runs/report/run-report.ts'
import { compile } from './firmware.ts'

const root = join(import.meta.dirname, '..', '..')

beforeAll(() => {
  spawnSync(process.execPath, ['setup.mjs', 'build'], { cwd: root })
})

/**
 * The shape of today's TFLM, where the loop is MicroInterpreterGraph::InvokeSubgraph and makes virtual calls between
 * operators, and calls of a profiler of the user's own; operator 1 invokes subgraph 1 twice, as WHILE does. Each
 * operator also measures itself with DWT. Its structures are nobody's, so that operators are known by their signature.
 */
const source = `
struct TfLiteContext; struct TfLiteNode { int work; };
static uint32_t measured[8]; static int count;
namespace tflite {
struct Allocator { virtual int ResetTempAllocations() = 0; };
struct SingleArenaBufferAllocator : Allocator { int resets = 0; int ResetTempAllocations() override { return ++resets; } };
struct MicroProfilerInterface { virtual uint32_t BeginEvent(const char *tag) = 0; virtual void EndEvent(uint32_t handle) = 0; };
}
struct StopWatch : tflite::MicroProfilerInterface { uint32_t events = 0;
  uint32_t BeginEvent(const char *) override { return events++; } void EndEvent(uint32_t) override { events++; } };
namespace tflite {
struct Registration { int (*invoke)(TfLiteContext *, TfLiteNode *); };
struct MicroInterpreterGraph {
  Allocator *allocator; MicroProfilerInterface *profiler; const Registration *registrations[2]; TfLiteNode *nodes[2]; int sizes[2];
  __attribute__((noinline)) int InvokeSubgraph(int subgraph) {
    for (int i = 0; i < sizes[subgraph]; i++) {
      const uint32_t event = profiler->BeginEvent("operator");
      uint32_t from = REG(0xE0001004);
      int status = registrations[subgraph][i].invoke((TfLiteContext *)this, nodes[subgraph] + i);
      uint32_t cycles = REG(0xE0001004) - from;
      if (subgraph == 0 && count < 8) measured[count++] = cycles;
      profiler->EndEvent(event);
      if (status) return status;
      allocator->ResetTempAllocations();
    }
    return 0;
  }
};
namespace { 
__attribute__((noinline)) int FullyConnectedEval(TfLiteContext *, TfLiteNode *node) { for (volatile int n = 0; n < node->work; n++) ; return 0; }
__attribute__((noinline)) int WhileEval(TfLiteContext *context, TfLiteNode *) {
  auto *graph = reinterpret_cast<MicroInterpreterGraph *>(context);
  return graph->InvokeSubgraph(1) + graph->InvokeSubgraph(1);
}
}
}
using namespace tflite;
static const Registration first[] = {{FullyConnectedEval}, {WhileEval}, {FullyConnectedEval}}, second[] = {{FullyConnectedEval}, {FullyConnectedEval}};
static TfLiteNode firstNodes[] = {{50}, {0}, {10}}, secondNodes[] = {{20}, {30}};
int main() {
  REG(0xE000EDFC) |= 1u << 24; REG(0xE0001000) |= 1;
  SingleArenaBufferAllocator allocator;
  StopWatch watch;
  MicroInterpreterGraph graph = {&allocator, &watch, {first, second}, {firstNodes, secondNodes}, {3, 2}};
  graph.InvokeSubgraph(0); graph.InvokeSubgraph(0);
  for (int i = 0; i < count; i++) {
    char text[12] = {0}; int at = 10; uint32_t value = measured[i];
    text[at] = '\\n'; do { text[--at] = (char)('0' + value % 10); value /= 10; } while (value);
    print(text + at);
  }
  leave(0); return 0;
}`

it.each(['-O1 -g', '-Os', '-O3 -g'])("operators of a loop like today's TFLM, compiled with %s", (flags) => {
  const elf = compile('graph', source, `${flags} -fno-exceptions -fno-rtti`, 'cc')
  const json = join(mkdtempSync(join(tmpdir(), 'boardless-operators-')), 'report.json')
  const command = join(root, 'dist', 'cli', 'main.js')
  const { status, stderr } = spawnSync(process.execPath, [command, 'run', elf, '--json', json, '-q'], {
    encoding: 'utf8',
  })
  expect([status, stderr]).toEqual([0, ''])
  const report = JSON.parse(readFileSync(json, 'utf8')) as RunReport
  expect(report.interpreters).toMatchObject([{ model: null }])
  expect(report.interpreters[0]!.modelUnknown).toMatch(/agree with no TFLM that is known/)
  const { count, operators } = report.interpreters[0]!
  expect(count).toBe(2)
  expect(operators.map((one) => [one.index, one.kernel, one.count])).toEqual([
    ['0', 'tflite::(anonymous)::FullyConnectedEval', 2],
    ['1', 'tflite::(anonymous)::WhileEval', 2],
    ['1.0', 'tflite::(anonymous)::FullyConnectedEval', 4],
    ['1.1', 'tflite::(anonymous)::FullyConnectedEval', 4],
    ['2', 'tflite::(anonymous)::FullyConnectedEval', 2],
  ])
  const { own, totalCycles } = report.interpreters[0]!
  const rows = operators.filter(({ index }) => !index.includes('.'))
  expect(rows.reduce((sum, row) => sum + row.totalCycles, own.totalCycles)).toBe(totalCycles)
  // DWT is read a few instructions before the call and after it.
  const measured = report.console.text.trim().split('\n').map(Number)
  const outer = operators.filter(({ index }) => !index.includes('.'))
  outer.forEach((one, i) => {
    const own = [measured[i]!, measured[i + 3]!].sort((a, b) => a - b)
    for (const [seen, said] of [
      [one.minimumCycles, own[0]!],
      [one.maximumCycles, own[1]!],
    ] as const) {
      expect(said - seen).toBeGreaterThanOrEqual(0)
      expect(said - seen).toBeLessThan(24)
    }
  })
})

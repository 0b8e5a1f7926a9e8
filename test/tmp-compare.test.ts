import { join } from 'node:path';
import { test } from 'vitest';
import { layer } from './support/content.ts';
import { DAMAGES } from './support/damage.ts';
import { image } from './support/images.ts';
import { garbageCollect } from './support/real-registry.ts';
import { snapshot } from './support/snapshot.ts';
import { temporaryFolder } from './support/temporary.ts';
import { createTree } from './support/tree.ts';
import { predict } from '../src/distribution/predict.ts';
import { VolumeFiles } from '../src/scan/registry-files.ts';

const APP = image({ name: 'app', layers: [layer('app/base'), layer('app/code')] });
const OLD = image({ name: 'old', layers: [layer('app/old')] });
const SHOP = image({ name: 'shop', layers: [layer('shop/api')] });
function smallRegistry(): string {
  const tree = createTree(join(temporaryFolder('damage'), 'registry'));
  tree.push('app', '0.9', OLD);
  tree.push('app', '1.0', APP);
  tree.tag('app', 'stable', APP.digest);
  tree.push('shop/api', '3.1', SHOP);
  tree.putBlob(Buffer.from('unreferenced'));
  return tree.root;
}
test('x', async () => {
  for (const one of DAMAGES) for (const m of [false, true]) {
    if (one.name.includes('fifo') && one.name.includes('link')) continue;
    const root = smallRegistry();
    one.inflict(root);
    const steps = predict({ files: new VolumeFiles(), root, dialect: 'distribution-2.8', deleteUntagged: m });
    let step = steps.next(); while (step.done !== true) step = steps.next();
    const p = step.value;
    const real = await garbageCollect(root, { dryRun: false, deleteUntagged: m });
    const message = /(failed to garbage collect: [^]*|panic: [^]*)$/.exec(real.stderr)?.[1]?.split('\n\n')[0];
    const mine = p.ending.kind === 'done' ? undefined : p.ending.message;
    const same = message === mine;
    const blobs = p.gone.blobs.map((b) => b.digest).sort();
    if (!same || (real.exitCode === 0) !== (p.ending.kind === 'done') || (real.exitCode===0 && JSON.stringify(blobs) !== JSON.stringify(real.eligibleBlobs)))
      console.log(one.name, m, real.exitCode, '\n REAL', message, '\n MINE', mine, '\n', JSON.stringify(real.eligibleBlobs), '\n', JSON.stringify(blobs));
  }
}, 120000);

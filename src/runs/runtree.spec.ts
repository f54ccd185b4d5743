import { describe, expect, it } from 'vitest';

import { HotspotsError } from '../api/errors';
import type { IMemoryNode } from '../testing/client';
import { MemoryClient } from '../testing/client';
import type { ITreeNode, RunTree } from './runtree';
import { PAGE, treeOf } from './runtree';

const CALLS: IMemoryNode[] = [
  {
    name: '<module>',
    total: 9,
    below: [
      {
        name: 'main',
        total: 8,
        below: [
          { name: 'fit', total: 3, below: [{ name: 'solve', total: 2 }] },
          { name: 'read', total: 2.5 },
          { name: 'write', total: 2.5 }
        ]
      },
      { name: 'setup', total: 1, below: [{ name: 'import', total: 1 }] }
    ]
  },
  { name: 'worker', total: 1, below: [{ name: 'wait', total: 1 }] }
];

async function opened(roots: IMemoryNode[]): Promise<{ tree: RunTree; client: MemoryClient }> {
  const client = new MemoryClient();
  client.tree = roots;
  return { tree: (await treeOf(client, '01A'))!, client };
}

/** The rows as they are seen: indented, with a sign of those that unfold. */
function seen(tree: RunTree): string[] {
  return tree.rows.map(({ node, parent, missing, isOpen }) =>
    node
      ? `${'  '.repeat(node.depth)}${node.children === 0 ? '' : isOpen ? '- ' : '+ '}${node.name}`
      : `${'  '.repeat(parent ? parent.depth + 1 : 0)}${missing} more`
  );
}

function named(tree: RunTree, name: string): ITreeNode {
  return tree.rows.find(({ node }) => node?.name === name)!.node!;
}

describe('RunTree', () => {
  it('is none where the run has none', async () => {
    expect(await treeOf(new MemoryClient(), '01A')).toBeNull();
  });

  it('unfolds the heaviest path until it branches widely, once, and says so once', async () => {
    const { tree, client } = await opened(CALLS);
    let changes = 0;
    tree.changed.connect(() => void changes++);
    expect(seen(tree)).toEqual(['+ <module>', '+ worker']);
    await tree.unfold();
    const unfolded = ['- <module>', '  - main', '    + fit', '    read', '    write', '  + setup', '+ worker'];
    expect(seen(tree)).toEqual(unfolded);
    expect(changes).toBe(1);
    tree.close(named(tree, 'main'));
    await tree.unfold();
    expect(seen(tree)).toEqual(['- <module>', '  + main', '  + setup', '+ worker']);
    expect(client.calls).toEqual(['branches 0 0', 'branches 1 0']);
  });

  it('fetches children once, and remembers what was unfolded below a node that is folded', async () => {
    const { tree, client } = await opened(CALLS);
    await tree.unfold();
    await tree.open(named(tree, 'fit'));
    tree.close(named(tree, '<module>'));
    expect(seen(tree)).toEqual(['+ <module>', '+ worker']);
    await tree.open(named(tree, '<module>'));
    expect(seen(tree)).toContain('      solve');
    expect(client.calls).toHaveLength(3);
  });

  it('knows a node: its figures, its share, its place among its siblings', async () => {
    const { tree } = await opened(CALLS);
    await tree.unfold();
    const fit = named(tree, 'fit');
    expect([fit.own, fit.total, tree.share(fit), fit.place, fit.siblings]).toEqual([1, 3, 0.3, 0, 3]);
    expect([tree.measure, tree.unit, tree.isSummed, tree.isOfObjects]).toEqual(['own_s', 's', true, false]);
  });

  it('follows what keeps an object alive to its end, however small what holds it is', async () => {
    const { tree } = await opened([
      {
        ...{ name: 'bytes', kind: 'object', total: 6e7 },
        below: [
          { name: 'list[…]', kind: 'object', total: 400, below: [{ name: '__main__.KEPT', kind: 'object', total: 0 }] }
        ]
      },
      { name: 'str', kind: 'object', total: 100, below: [{ name: 'dict[…]', kind: 'object', total: 200 }] }
    ]);
    await tree.unfold();
    expect(seen(tree)).toEqual(['- bytes', '  - list[…]', '    __main__.KEPT', '+ str']);
    expect(tree.isOfObjects).toBe(true);
  });

  it('fetches many children in pages, and shows how many are missing', async () => {
    const below = Array.from({ length: PAGE + 30 }, (_, index) => ({ name: `f${index}`, total: 1 }));
    const { tree, client } = await opened([{ name: 'main', total: 130, below }]);
    await tree.unfold();
    expect(seen(tree)).toHaveLength(1 + PAGE + 1);
    const last = tree.rows[tree.rows.length - 1]!;
    expect([last.key, last.missing]).toEqual(['more 0', 30]);
    await Promise.all([tree.more(last.parent), tree.more(last.parent)]);
    expect(seen(tree)).toHaveLength(1 + PAGE + 30);
    expect(tree.rows[PAGE + 30]!.node!.place).toBe(PAGE + 29);
    expect(client.calls).toEqual(['branches 0 0', `branches 0 ${PAGE}`]);
  });

  it('stays folded where children cannot be fetched, says why, and asks again', async () => {
    const { tree, client } = await opened(CALLS);
    client.failure = new HotspotsError('The profile cannot be read.', { hint: 'Run it again.' });
    await tree.open(named(tree, 'worker'));
    expect([tree.problem, seen(tree)]).toEqual([
      'The profile cannot be read. Run it again.',
      ['+ <module>', '+ worker']
    ]);
    await tree.open(named(tree, 'worker'));
    expect([tree.problem, seen(tree)]).toEqual(['', ['+ <module>', '- worker', '  wait']]);
  });

  it('shows a chain of calls of any depth', async () => {
    let chain: IMemoryNode = { name: 'f', total: 1 };
    for (let depth = 0; depth < 3000; depth++) {
      chain = { name: 'f', total: 1, below: [chain] };
    }
    const { tree } = await opened([chain]);
    await tree.unfold();
    expect(tree.rows.length).toBeLessThan(40);
    expect(tree.rows.length).toBeGreaterThan(20);
  });
});

/** What stands over a column: a text, one over numbers, or nothing over bars. */
type HeadOf = string | { readonly number: string } | undefined;

/** The head of a table. */
export function Heads({ of }: { readonly of: readonly HeadOf[] }) {
  return (
    <thead>
      <tr>
        {of.map((head) => {
          if (head === undefined) return <td />;
          const isText = typeof head === 'string';
          return (
            <th scope="col" class={isText ? undefined : 'number'}>
              {isText ? head : head.number}
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

/** The numbers of the trend, day by day; each opens the list that it counts. */
import { Link } from "@tanstack/react-router";
import type { TrendDay } from "@/api/types";
import { formatChange, formatDay, formatNumber } from "@/lib/format";
import { SEVERITIES, SEVERITY_WORD } from "@/lib/words";
import { Table, Td, Th, Tr } from "@/ui/table";
import { dayOf } from "./trend-days";

export default function TrendTable({ trend }: { trend: TrendDay[] }) {
  return (
    <div className="max-h-[272px] overflow-y-auto scroll-quiet">
      <Table label="Open findings by day">
        <thead>
          <tr>
            <Th>Day</Th>
            {SEVERITIES.map((severity) => (
              <Th key={severity} isRight>
                {SEVERITY_WORD[severity]}
              </Th>
            ))}
            <Th isRight>New</Th>
            <Th isRight>Closed</Th>
          </tr>
        </thead>
        <tbody>
          {trend.toReversed().map((day) => (
            <Tr key={day.on}>
              <Td className="whitespace-nowrap">
                <Link to="/findings" search={dayOf(day)} className="link">
                  {formatDay(day.on)}
                </Link>
              </Td>
              {SEVERITIES.map((severity) => (
                <Td key={severity} isRight>
                  {day.by_severity[severity] ? (
                    <Link
                      to="/findings"
                      search={dayOf(day, severity)}
                      aria-label={`${formatNumber(day.by_severity[severity])} ${SEVERITY_WORD[severity].toLowerCase()}, ${formatDay(day.on)}`}
                      className="hover:underline"
                    >
                      {formatNumber(day.by_severity[severity])}
                    </Link>
                  ) : (
                    0
                  )}
                </Td>
              ))}
              <Td isRight>{formatChange(day.new)}</Td>
              <Td isRight>{formatChange(-day.closed)}</Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </div>
  );
}

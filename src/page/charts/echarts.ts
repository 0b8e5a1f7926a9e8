/** The part of ECharts that the page is drawn with: what is not named here is not in the bundle. */
import { BarChart, LineChart, TreemapChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { init, use, type ECharts } from 'echarts/core';
import { LabelLayout } from 'echarts/features';
import { SVGRenderer } from 'echarts/renderers';

use([BarChart, LineChart, TreemapChart, GridComponent, LegendComponent, TooltipComponent, LabelLayout, SVGRenderer]);

/** A chart in an element that has its size. Whoever makes it disposes of it. */
export function chartIn(element: HTMLElement): ECharts {
  return init(element, undefined, { renderer: 'svg' });
}

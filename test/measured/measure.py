"""
A measurement made of an exported current, by other means than ours: averages in samples of a fixed rate, by a clock
that runs differently and began at another time, through an amplifier with gain, offset and noise.

  measure.py EXPORT.csv OUT.csv '{"rate": 10000, "begin": 1.25, "drift": 4e-5, "gain": 1.08, "offset": 20, "noise": 30, "seconds": 20}'

A moment of the run is begin + (1 + drift) times the moment by the clock of the probe.
"""
import csv, json, random, sys

source, out, options = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
times, levels = [], []
with open(source, newline="") as file:
    rows = csv.reader(file)
    titles = next(rows)
    when = titles.index("time (cycles)")
    what = next(i for i, title in enumerate(titles) if title.startswith(options.get("column", "board")))
    for row in rows:
        times.append(int(row[when]) / 64e6)
        levels.append(float(row[what]) if row[what] else levels[-1])
random.seed(7)
step = 1 / options["rate"]
scale = 1 + options["drift"]


def charge_until(moments):
    """Integral of the level, which holds until the next change, at ascending moments."""
    index, sum_before = 0, 0.0
    for moment in moments:
        while index + 1 < len(times) and times[index + 1] <= moment:
            sum_before += levels[index] * (times[index + 1] - times[index])
            index += 1
        yield sum_before + levels[index] * (moment - times[index])


count = int(options["seconds"] * options["rate"])
edges = [options["begin"] + scale * i * step for i in range(count + 1)]
integral = list(charge_until(edges))
with open(out, "w") as file:
    file.write("Timestamp(ms),Current(uA)\n")
    for i in range(count):
        average = (integral[i + 1] - integral[i]) / (edges[i + 1] - edges[i])
        value = options["gain"] * average + options["offset"] + random.gauss(0, options["noise"])
        file.write(f"{1000 * i * step:.4f},{value:.3f}\n")

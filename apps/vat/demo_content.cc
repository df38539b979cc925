#include "demo_content.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace vat::app {
namespace {

constexpr std::array<DemoStory, 3> kStories = {{
    {.title = "Gespräch mit der Bäckerin.mp3",
     .language = "de",
     .text =
         "Guten Morgen, und danke, dass Sie sich Zeit nehmen. Wann beginnt Ihr Tag? Um zwei Uhr, wenn die "
         "Stadt noch schläft. Zuerst kommt das Roggenbrot in den Ofen, denn es braucht die größte Hitze. "
         "Den Teig habe ich am Abend vorher angesetzt. Viele fragen nach dem Rezept, aber das Rezept ist "
         "nicht das Geheimnis. Das Geheimnis ist die Zeit. Ein guter Teig ruht sechzehn Stunden, und man "
         "darf ihn nicht drängen. Um sechs stehen die ersten Kinder vor der Tür und holen Brötchen für die "
         "Schule. Das ist für mich der schönste Augenblick des Tages.",
     .label = "Interviews",
     .warning = "From 0:24 to 0:27 somebody speaks too quietly to be understood."},
    {.title = "Interview with the harbour master.mp3",
     .language = "en",
     .text =
         "You have kept the harbour for thirty years. What has changed? The ships, most of all. The harbour "
         "has two basins, and the older one was dug by hand. Ships of more than eighty metres wait outside "
         "for the tide. In winter the fog can close it for days, and then nobody works. I write everything "
         "into this book: the time, the wind, the name of the ship. The computer has it too, but the book "
         "has never lost a page. And what do you like best? The first hour of the morning, before the "
         "radio begins.",
     .label = "Interviews",
     .with_speech = true,
     .typed_wrongly = "basins",
     .as = "basements"},
    {.title = "Lecture 3: rivers and their deltas.webm",
     .language = "en",
     .text =
         "A river that meets the sea lets go of what it carries. First it drops the gravel, then the sand, "
         "and at last the finest mud. So a delta grows outwards, one layer at a time. Three things decide "
         "its shape: the river, the waves, and the tide. Where the river is strong, the delta reaches far "
         "into the sea, like the foot of a bird. Where the waves are strong, they smooth its edge into a "
         "bow. Next week we look at what happens when a dam holds the sand back.",
     .label = "Lectures",
     .with_picture = true},
}};

constexpr media::Colour kLand{196, 178, 134};
constexpr media::Colour kMeadow{150, 160, 104};
constexpr media::Colour kSea{38, 92, 120};
constexpr media::Colour kRiver{74, 142, 168};
constexpr media::Colour kSand{222, 203, 156};

/// A stretch of water that is reached at `from` and filled at `until`, as shares of the whole time.
struct Arm {
  double x0, y0, x1, y1, width, from, until;
};
constexpr double kCoast = 0.62;  ///< As a share of the width.
constexpr std::array<Arm, 9> kArms = {{{0.00, 0.30, 0.18, 0.42, 11, 0.00, 0.10},
                                       {0.18, 0.42, 0.36, 0.40, 12, 0.10, 0.20},
                                       {0.36, 0.40, 0.52, 0.50, 12, 0.20, 0.30},
                                       {0.52, 0.50, 0.68, 0.36, 8, 0.30, 0.50},
                                       {0.52, 0.50, 0.70, 0.52, 9, 0.30, 0.50},
                                       {0.52, 0.50, 0.66, 0.68, 7, 0.34, 0.56},
                                       {0.68, 0.36, 0.80, 0.24, 5, 0.50, 0.80},
                                       {0.70, 0.52, 0.86, 0.50, 6, 0.50, 0.90},
                                       {0.66, 0.68, 0.77, 0.82, 5, 0.56, 0.90}}};

void paint_country(media::Canvas& canvas) {
  canvas.fill(kSea);
  const int width = canvas.width();
  for (int y = 0; y < canvas.height(); ++y) {
    const double bend = 10 * std::sin(y / 37.0) + 6 * std::sin(y / 13.0);
    const int coast = static_cast<int>(kCoast * width + bend);
    canvas.rectangle(0, y, coast, y + 1, kMeadow);
    canvas.rectangle(coast - 14, y, coast, y + 1, kLand);
  }
}

/// The head of each arm at this share of the time, with sand around it where it is in the sea.
void paint_water(media::Canvas& canvas, double share) {
  for (const Arm& arm : kArms) {
    if (share < arm.from) continue;
    const double way = std::min(1.0, (share - arm.from) / (arm.until - arm.from));
    const double x = (arm.x0 + (arm.x1 - arm.x0) * way) * canvas.width();
    const double y = (arm.y0 + (arm.y1 - arm.y0) * way) * canvas.height();
    if (x > kCoast * canvas.width() - 8 && way < 1) canvas.disc(x, y, arm.width * 3.2, kSand);
  }
  constexpr int kSteps = 120;
  for (const Arm& arm : kArms) {
    if (share < arm.from) continue;
    const double way = std::min(1.0, (share - arm.from) / (arm.until - arm.from));
    for (int i = 0; i <= static_cast<int>(kSteps * way); ++i) {
      const double at = static_cast<double>(i) / kSteps;
      canvas.disc((arm.x0 + (arm.x1 - arm.x0) * at) * canvas.width(),
                  (arm.y0 + (arm.y1 - arm.y0) * at) * canvas.height(), arm.width, kRiver);
    }
  }
}

}  // namespace

std::span<const DemoStory> demo_stories() { return kStories; }

media::Painter paint_delta(double seconds) {
  return [seconds](media::Canvas& canvas, double now) {
    if (now == 0) paint_country(canvas);
    paint_water(canvas, seconds > 0 ? now / seconds : 1);
  };
}

}  // namespace vat::app

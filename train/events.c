/* Speaks lines "VOICE<tab>WORDS_PER_MINUTE<tab>PITCH<tab>RANGE<tab>STEM<tab>TEXT" from standard input with espeak-ng:
   STEM.raw (16-bit mono, 22,050 Hz) and STEM.ipa, the start of every phoneme in seconds.
   Build: cc -O2 events.c -lespeak-ng -o events */
#include <espeak-ng/speak_lib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static FILE *audio, *labels;
static int rate;

static int take(short *samples, int count, espeak_EVENT *event) {
    if (samples) fwrite(samples, 2, count, audio);
    for (; event->type != espeakEVENT_LIST_TERMINATED; event++) {
        if (event->type != espeakEVENT_PHONEME) continue;
        char name[9] = {0}; /* eight bytes of IPA, not always ended by a zero */
        memcpy(name, event->id.string, 8);
        fprintf(labels, "%s\t%.4f\n", name[0] ? name : "_", event->sample / (double)rate);
    }
    return 0;
}

static FILE *create(const char *stem, const char *suffix) {
    char path[4096];
    snprintf(path, sizeof path, "%s%s", stem, suffix);
    FILE *file = fopen(path, "wb");
    if (!file) {
        perror(path);
        exit(1);
    }
    return file;
}

int main(void) {
    char line[8192];
    rate = espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, 0, NULL,
                             espeakINITIALIZE_PHONEME_EVENTS | espeakINITIALIZE_PHONEME_IPA);
    if (rate <= 0) return 1;
    espeak_SetSynthCallback(take);
    while (fgets(line, sizeof line, stdin)) {
        char *rest = line, *field[6];
        for (int n = 0; n < 6; n++)
            if (!(field[n] = strsep(&rest, "\t\n"))) return 2;
        if (espeak_SetVoiceByName(field[0]) != EE_OK) {
            fprintf(stderr, "no voice %s\n", field[0]);
            return 1;
        }
        espeak_SetParameter(espeakRATE, atoi(field[1]), 0);
        espeak_SetParameter(espeakPITCH, atoi(field[2]), 0);
        espeak_SetParameter(espeakRANGE, atoi(field[3]), 0);
        audio = create(field[4], ".raw");
        labels = create(field[4], ".ipa");
        espeak_Synth(field[5], strlen(field[5]) + 1, 0, POS_CHARACTER, 0, espeakCHARS_UTF8, NULL, NULL);
        espeak_Synchronize();
        fclose(audio);
        fclose(labels);
    }
    return 0;
}

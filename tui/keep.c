#include "config.h"

#include "tui/keep.h"

#include <unistd.h>

#include "store/store.h"
#include "tui/ui.h"

int keep_open(struct ui *ui, struct store **out, struct err *err)
{
    int rc = store_open(ui->o->path, STORE_WRITE, NULL, out, err);

    if (rc && access(ui->o->path, F_OK) == 0 && access(ui->o->path, W_OK) != 0) {
        struct err why = *err;

        return err_set(err, why.code, "%.300s (:keep FILE makes a copy of your own)", why.msg);
    }
    if (!rc && ui->o->temporary) {
        ui->unkept = true;
        ui->warned = false;
    }
    return rc;
}

const char *keep_hint(const struct ui *ui)
{
    return ui->unkept ? " (this case is temporary: :keep FILE saves it)" : "";
}

void keep_case(struct ui *ui, const char *path)
{
    struct err err = { 0 };

    if (ui->progress.running) {
        ui_say(ui, "it is still being read: keep it when that is done, or has been stopped");
        return;
    }
    if (store_copy(ui->store, path, &err) || ui_move(ui, path, &err))
        ui_fail(ui, &err);
    else
        ui_say(ui, "kept, and open from now on: %.200s", path);
}

void keep_leave(struct ui *ui)
{
    if (!ui->unkept || ui->warned) {
        ui->leaving = true;
        return;
    }
    ui->warned = true;
    ui_say(ui, "what you noted goes with this temporary case: :keep FILE saves it, "
               "the same again leaves");
}
